import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.text import Text

from vae_course import figures
from vae_course.figures import training
from vae_course.text import Both

RANDOM = np.random.default_rng(0)
SHEETS = RANDOM.random((4, 2, 1, 6, 6))  # K = 4: after 0, 1, 3 and 7 steps
LOSSES = np.linspace(543, 300, 8)
LINE = (385.0, Both(es="imagen media", en="mean image"))
ORIGINAL, SAMPLES = RANDOM.random((3, 1, 6, 6)), RANDOM.random((2, 1, 6, 6))
ROW = (Both(es="sana", en="healthy"), ORIGINAL[::-1], SAMPLES, "260 + 10.5")
HEADING = Both(es="Ruidosa", en="Noisy")
LOST = np.array([0.3, 2.4, 9.5])
CASES = {
    "falling": lambda lang: training.falling(LOSSES, SHEETS, references=[LINE], lang=lang),
    "runs": lambda lang: training.runs([(HEADING, [ROW])], ORIGINAL, noted="R + KL", lang=lang),
    "glance": lambda lang: training.glance(ORIGINAL, ORIGINAL / 2, ORIGINAL / 3, LOST, lang=lang),
}
WORDS = {
    "falling": [("imagen media", "mean image"), ("pasos de optimización", "optimisation steps")],
    "runs": [("Ruidosa", "Noisy"), ("sana", "healthy"), ("reconstrucciones", "reconstructions")],
    "glance": [("una mirada", "one glance"), ("nats perdidos", "nats lost")],
}


def words(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible()}


@pytest.mark.parametrize("name", CASES)
def test_each_language_has_its_texts(name):
    for k, lang in enumerate(("es", "en")):
        figure = CASES[name](lang)
        assert isinstance(figure, Figure) and figure.get_size_inches()[0] <= 7.5
        assert {pair[k] for pair in WORDS[name]} <= words(figure)
        assert not {pair[1 - k] for pair in WORDS[name]} & words(figure)


def test_falling_draws_the_losses_and_each_z_as_a_row():
    above, below = CASES["falling"]("en").axes
    curve = above.lines[0].get_xydata()
    assert curve[:, 1].tolist() == LOSSES.tolist()
    assert curve[[0, 1, 3, 7], 0].tolist() == [0, 1, 2, 3]
    assert above.lines[1].get_ydata()[0] == 385
    assert [label.get_text() for label in below.get_xticklabels()] == ["0", "1", "3", "7"]
    sheet = np.asarray(below.images[0].get_array())
    assert np.array_equal(sheet, figures.tile(np.concatenate([SHEETS[:, 0], SHEETS[:, 1]]), 4))


def test_falling_wants_enough_steps():
    assert training.doublings(1023)[-3:] == [255, 511, 1023] and training.doublings(8) == [0, 1, 3, 7]
    with pytest.raises(ValueError, match="7 steps"):
        training.falling(LOSSES[:5], SHEETS)


def test_runs_draws_each_run_in_its_row():
    ax = CASES["runs"]("en").axes[0]
    sheet = np.asarray(ax.images[0].get_array())
    tick = round(ax.get_yticks()[1] - 2.5)
    assert np.array_equal(sheet[tick : tick + 6, :22], figures.tile(ROW[1], 3))
    assert np.array_equal(sheet[tick : tick + 6, -14:], figures.tile(SAMPLES, 2))
    assert "260 + 10.5" in words(ax.figure) and "R + KL" in words(ax.figure)


def test_runs_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="do not fit"):
        training.runs([(None, [ROW, (ROW[0], ORIGINAL[:2], SAMPLES, "")])], ORIGINAL)
    with pytest.raises(ValueError, match="no run"):
        training.runs([(None, [])], ORIGINAL)


def test_glance_draws_what_was_lost():
    above, below = training.glance(*(torch.tensor(ORIGINAL),) * 3, torch.tensor(LOST), lang="en").axes
    assert [bar.get_height() for bar in below.patches] == pytest.approx(LOST)
    assert np.array_equal(above.images[0].get_array(), figures.tile(np.concatenate([ORIGINAL] * 3), 3))
    with pytest.raises(ValueError, match="as many"):
        training.glance(ORIGINAL, ORIGINAL, ORIGINAL, LOST[:2])
