import numpy as np
import pytest
from matplotlib.text import Text

from vae_course import figures
from vae_course.figures import flow
from vae_course.text import Both

NAMES = (Both(es="arriba", en="above"), Both(es="abajo", en="below"))
TITLE = Both(es="Un título", en="A title")
RANDOM = np.random.default_rng(0)
CODES = RANDOM.normal(size=(50, 2))
WAY = RANDOM.normal(size=(1, 20, 2)) * np.linspace(1, 3, 11)[:, None, None]
LABELS = np.arange(20) % 2
SHEETS = RANDOM.random((2, 5, 1, 8, 8), dtype=np.float32)
CASES = {
    "flow_film": lambda lang: flow.flow_film(WAY, CODES, LABELS, classes=NAMES, title=TITLE, lang=lang),
    "priors": lambda lang: flow.priors(SHEETS, NAMES, [3.9213, None], title=TITLE, lang=lang),
    "paths": lambda lang: flow.paths([WAY[::5], WAY[::10]], NAMES, WAY, codes=CODES, title=TITLE, lang=lang),
}


def texts(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()}


def offsets(ax, k):
    return np.asarray(ax.collections[k].get_offsets())


@pytest.mark.parametrize("name", CASES)
def test_both_languages(name):
    spanish, english = texts(CASES[name]("es")), texts(CASES[name]("en"))
    assert "Un título" in spanish - english and "A title" in english - spanish
    both = {text for text in spanish & english if any(letter.isalpha() for letter in text)}
    assert not {text for text in both if not text.startswith(("t = ", "$z_", "Fréchet", "\n"))}
    assert CASES[name]("es").get_figwidth() <= 7.5


def test_the_film_shows_the_moments_from_the_first_to_the_last():
    figure = flow.flow_film(WAY, CODES, moments=3, lang="en")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["t = 0", "t = 0.5", "t = 1"]
    for ax, k in zip(figure.axes, (0, 5, 10), strict=True):
        assert np.array_equal(offsets(ax, 0), CODES)
        assert {tuple(point) for point in offsets(ax, 1)} == {tuple(point) for point in WAY[k]}
    assert len({ax.get_xlim() + ax.get_ylim() for ax in figure.axes}) == 1


def test_a_point_keeps_its_classs_colour():
    ax = flow.flow_film(WAY, CODES, LABELS, classes=NAMES, lang="en").axes[-1]
    colour = {
        tuple(point): tuple(shade)
        for point, shade in zip(offsets(ax, 1), ax.collections[1].get_facecolors(), strict=True)
    }
    shades = [{colour[tuple(point)] for point in WAY[-1][label == LABELS]} for label in (0, 1)]
    assert [len(shade) for shade in shades] == [1, 1] and shades[0] != shades[1]


def test_each_sheet_stands_under_its_name_and_distance():
    first, second = flow.priors(SHEETS, NAMES, [3.9213, None], columns=3, lang="en").axes
    assert [ax.get_title(loc="left") for ax in (first, second)] == ["above\nFréchet 3.92", "below\n"]
    for ax, sheet in zip((first, second), SHEETS, strict=True):
        assert np.array_equal(ax.images[0].get_array(), figures.tile(sheet, 3))


def test_the_error_is_how_far_the_ends_lie_from_the_exact_ones():
    moved = WAY[::5].copy()
    moved[-1] += (3, 4)
    right, wrong = flow.paths([WAY[::5], moved], NAMES, WAY, lang="en").axes
    assert right.get_title(loc="left").endswith(": 0") and wrong.get_title(loc="left") == "below\nerror at the end: 5"
    exact, long = (np.stack([line.get_xydata() for line in wrong.lines[k : k + 20]], axis=1) for k in (0, 20))
    assert np.array_equal(exact, WAY) and np.array_equal(long, moved)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: flow.flow_film(WAY[..., :1], CODES),
        lambda: flow.flow_film(WAY[:1], CODES),
        lambda: flow.flow_film(WAY, CODES[:, :1]),
        lambda: flow.flow_film(WAY, CODES, LABELS[:3]),
        lambda: flow.flow_film(WAY, CODES, moments=12),
        lambda: flow.flow_film(WAY, CODES, moments=1),
        lambda: flow.priors(SHEETS, NAMES[:1], [1, 2]),
        lambda: flow.priors(SHEETS, NAMES, [1]),
        lambda: flow.priors(SHEETS[0], NAMES, [1, 2]),
        lambda: flow.paths([], [], WAY),
        lambda: flow.paths([WAY], NAMES, WAY),
        lambda: flow.paths([WAY + 1], NAMES[:1], WAY),
        lambda: flow.paths([WAY[:, :3]], NAMES[:1], WAY),
    ],
)
def test_wrong_input_is_refused(draw):
    with pytest.raises(ValueError, match=r"expected|as many"):
        draw()
