import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from vae_course import figures
from vae_course.figures import walks
from vae_course.text import Both

NAMES = (Both(es="arriba", en="above"), Both(es="abajo", en="below"))
TITLE = Both(es="Un título", en="A title")
FILM = np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32)
LINE = np.array([[3.0, 0.0, 0.0], [1.5, 2.0, 0.0], [0.0, 4.0, 0.0]])
ARC = np.array([[3.0, 0.0, 0.0], [2.1, 2.8, 0.0], [0.0, 4.0, 0.0]])
POINTS = np.random.default_rng(1).normal(size=(20, 2))
LABELS = np.arange(20) % 2
CASES = {
    "norms": lambda lang: walks.norms([("D = 2", {NAMES[0]: [1.0, 2.0, 3.0]})], title=TITLE, lang=lang),
    "line_and_arc": lambda lang: walks.line_and_arc(LINE, ARC, title=TITLE, lang=lang),
    "path_on_map": lambda lang: walks.path_on_map(
        POINTS, LABELS, POINTS[:5], FILM, classes=NAMES, title=TITLE, lang=lang
    ),
}


def texts(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(Text) if text.get_text()}


@pytest.mark.parametrize("name", CASES)
def test_both_languages(name):
    spanish, english = (texts(CASES[name](lang)) for lang in ("es", "en"))
    assert "Un título" in spanish and "A title" in english
    assert not spanish & {"A title", "length of z", "origin", "above", "below"}
    assert not english & {"Un título", "longitud de z", "origen", "arriba", "abajo"}
    assert CASES[name]("es").get_figwidth() <= 7.5


@pytest.mark.parametrize(
    "draw",
    [
        lambda: walks.norms([]),
        lambda: walks.norms([("D", {"draws": np.zeros((3, 2))})]),
        lambda: walks.line_and_arc(LINE, ARC[:2]),
        lambda: walks.line_and_arc(LINE[:, :1], ARC[:, :1]),
        lambda: walks.path_on_map(POINTS, LABELS, POINTS[:4], FILM),
        lambda: walks.path_on_map(POINTS, LABELS, np.zeros((5, 3)), FILM),
    ],
)
def test_wrong_shapes_are_refused(draw):
    with pytest.raises(ValueError, match=r"expected|needed|none"):
        draw()


def test_norms_shows_each_mean():
    figure = walks.norms([("D", {"draws": [1.0, 2.0, 6.0]})], lang="en")
    assert figure.axes[0].lines[0].get_xdata()[0] == 3
    assert "draws: 3.0" in texts(figure)


def test_the_plane_keeps_lengths_and_angles():
    plane, lengths = walks.line_and_arc(LINE, ARC, lang="en").axes
    line, arc = (np.stack(drawn.get_data(), axis=1) for drawn in plane.lines[1:3])
    assert np.allclose(line @ line.T, LINE @ LINE.T) and np.allclose(arc @ arc.T, ARC @ ARC.T)
    assert np.allclose(lengths.lines[0].get_ydata(), [3, 2.5, 4]) and np.allclose(
        lengths.lines[1].get_ydata(), [3, 3.5, 4]
    )


def test_the_path_lies_on_the_map():
    film, ax = walks.path_on_map(POINTS, LABELS, POINTS[:5], FILM, classes=NAMES, lang="en").axes
    assert np.array_equal(film.images[0].get_array(), figures.tile(FILM, 5))
    assert np.array_equal(np.stack(ax.lines[0].get_data(), axis=1), POINTS[:5])
    assert {tuple(point) for point in ax.collections[0].get_offsets().round(6)} == set(map(tuple, POINTS.round(6)))


def test_the_map_of_codes_is_still_there():
    assert callable(figures.latent_space)  # a module of that name would hide it
