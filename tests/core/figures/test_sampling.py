import math
import re

import numpy as np
import pytest
import torch
from matplotlib.collections import EllipseCollection
from matplotlib.text import Text

from vae_course import figures
from vae_course.figures import sampling as drawings
from vae_course.text import Both

RANDOM = np.random.default_rng(0)
MU, LOGVAR = RANDOM.normal(size=(20, 2)), RANDOM.normal(size=(20, 2)) - 4
DOTS = [RANDOM.normal(size=(10, 2)) + k for k in range(4)]
PATHS = [np.stack([np.linspace(0, 3, 9), np.linspace(1, end, 9)], axis=1) for end in (0.1, 0.5)]
ROWS = RANDOM.random((3, 4, 1, 8, 8))
NAMES = [Both(es="uno", en="one"), Both(es="dos", en="two")]
CASES = {
    "clouds": lambda lang: drawings.clouds([(MU, LOGVAR), (MU, LOGVAR)], 3, titles=NAMES, lang=lang),
    "log_variances": lambda lang: drawings.log_variances([LOGVAR - 110, LOGVAR], NAMES, lang=lang),
    "moved_dots": lambda lang: drawings.moved_dots(DOTS, NAMES * 2, lang=lang),
    "gradient_paths": lambda lang: drawings.gradient_paths(lang=lang),
    "descent": lambda lang: drawings.descent(PATHS, NAMES, lang=lang),
    "estimators": lambda lang: drawings.estimators(DOTS[0].T, NAMES, truth=0.5, lang=lang),
    "redraws": lambda lang: drawings.redraws(ROWS[0, 0], ROWS, (0, 1, 3), title=NAMES[0], lang=lang),
    "sheets": lambda lang: drawings.sheets(ROWS[:2], NAMES, lang=lang),
}


def words(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()}


@pytest.mark.parametrize("name", CASES)
def test_every_figure_speaks_the_readers_language(name):
    spanish, english = words(CASES[name]("es")), words(CASES[name]("en"))
    assert spanish - english and english - spanish
    assert not any("Both(" in word for word in spanish | english)


@pytest.mark.parametrize("name", CASES)
def test_no_figure_is_wider_than_the_page_and_no_text_leaves_it(name):
    figure = CASES[name]("es")
    assert figure.get_size_inches()[0] <= 7.5
    figure.draw_without_rendering()
    for text in figure.findobj(Text):
        if text.get_visible() and re.search("[a-zμσε]{2}", text.get_text()) and "mathdefault" not in text.get_text():
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1, text


def test_clouds_are_two_deviations_wide_around_their_codes():
    upper = drawings.clouds([(torch.tensor(MU), torch.tensor(LOGVAR))], 3, titles=["a"], lang="en").axes[0]
    (ellipses,) = (c for c in upper.collections if isinstance(c, EllipseCollection))
    assert np.allclose(ellipses.get_offsets(), MU)
    assert np.allclose(ellipses.get_widths(), 4 * np.exp(LOGVAR[:, 0] / 2))
    assert np.allclose(ellipses.get_heights(), 4 * np.exp(LOGVAR[:, 1] / 2))


def test_the_dots_and_the_paths_are_those_given():
    axes = drawings.moved_dots(DOTS, list("abcd")).axes
    for ax, dots in zip(axes, DOTS, strict=True):
        rest, marked = (collection.get_offsets() for collection in ax.collections)
        assert np.allclose(np.concatenate([marked, rest]), dots)
    mu, sigma, ground = drawings.descent(PATHS, NAMES).axes
    assert np.allclose(mu.lines[1].get_ydata(), PATHS[1][:, 0]) and np.allclose(
        sigma.lines[1].get_ydata(), PATHS[1][:, 1]
    )
    assert np.allclose(ground.lines[0].get_xydata(), PATHS[0])


def test_estimators_say_their_mean_and_variance():
    figure = drawings.estimators([[1.0, 3.0], [0.0, 4.0]], ["a", "b"], truth=2, lang="en")
    assert [ax.get_title("left") for ax in figure.axes] == ["a: mean 2, variance 1", "b: mean 2, variance 4"]


def test_pictures_are_shown_as_they_are():
    sheet = np.asarray(drawings.redraws(ROWS[0, 0], ROWS, (0, 1, 3)).axes[0].images[0].get_array())
    assert (sheet[:8, :8] == figures.tile(ROWS[0, :1], 1)).all() and (sheet[:8, 10:] == 255).all()
    assert (sheet[10:] == figures.tile(ROWS.reshape(12, 1, 8, 8), 4)).all()
    rows = [np.asarray(ax.images[0].get_array()) for ax in CASES["sheets"]("en").axes]
    assert all((shown == figures.tile(row, 4)).all() for shown, row in zip(rows, ROWS, strict=False))


@pytest.mark.parametrize(
    "draw",
    [
        lambda: drawings.clouds([(MU[:, :1], LOGVAR)], 0, titles=["a"]),
        lambda: drawings.clouds([(MU, LOGVAR)], 0, titles=["a", "b"]),
        lambda: drawings.moved_dots([DOTS[0], DOTS[1][:5]], ["a", "b"]),
        lambda: drawings.descent([[math.nan]], ["a"]),
        lambda: drawings.estimators([[1.0]], [], truth=0),
        lambda: drawings.redraws(ROWS[0, 0], ROWS, (0, 1)),
        lambda: drawings.redraws(ROWS[0, 0, :, :4], ROWS, (0, 1, 3)),
        lambda: drawings.sheets(ROWS[0], ["a"]),
    ],
)
def test_what_does_not_match_is_refused(draw):
    with pytest.raises(ValueError):
        draw()
