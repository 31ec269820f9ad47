"""Figures of lesson 07: both languages, refused shapes, and that what is drawn is the data."""

import numpy as np
import pytest

from vae_course.figures import beta as drawings
from vae_course.text import Both

PICTURES = np.random.default_rng(0).random((3, 1, 8, 8))
POINTS = [(500.0, 215.0, "beta 0"), (13.0, 228.0, "beta 1"), (0.0, 385.0, "beta 64")]


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


@pytest.mark.parametrize(
    ("draw", "es", "en"),
    [
        (lambda lang: drawings.side_by_side(PICTURES, [PICTURES] * 2, [PICTURES] * 2, ["a", "b"], lang=lang),
         "reconstrucciones", "reconstructions"),
        (lambda lang: drawings.curve_with_pictures(POINTS, PICTURES, lang=lang), "distorsión", "distortion"),
        (lambda lang: drawings.active_against_dimensions([2, 8], {"beta 1": [2, 7]}, lang=lang), "activas", "active"),
        (lambda lang: drawings.rates({Both("sin", "without"): [1.0, 2.0]}, lang=lang), "paso", "step"),
    ],
)  # fmt: skip
def test_words_follow_the_language(draw, es, en):
    assert es in texts(draw("es")) and en in texts(draw("en")) and es not in texts(draw("en"))


def test_a_row_is_missing():
    with pytest.raises(ValueError, match="as many"):
        drawings.side_by_side(PICTURES, [PICTURES], [PICTURES] * 2, ["a", "b"])
    with pytest.raises(ValueError, match="as many"):
        drawings.curve_with_pictures(POINTS[:2], PICTURES)


def test_points_stand_where_they_were_measured():
    axes = drawings.curve_with_pictures(POINTS, PICTURES).axes[0]
    assert axes.lines[0].get_xydata().tolist() == [[500.0, 215.0], [13.0, 228.0], [0.0, 385.0]]
    tied = {box.xy: box.offsetbox.get_data()[..., 0] for box in axes.artists}
    assert all(np.array_equal(tied[point[:2]], picture[0]) for point, picture in zip(POINTS, PICTURES, strict=True))


def test_counts_are_written_at_their_points():
    axes = drawings.active_against_dimensions([2, 8, 32], {"beta 1": [2, 8, 7]}).axes[0]
    assert [text.get_text() for text in axes.texts] == ["2", "8", "7"]
    assert axes.lines[1].get_ydata().tolist() == [2, 8, 7]


def test_a_leap_at_the_start_does_not_flatten_the_rest():
    axes = drawings.rates({"a": [1000.0, *([4.0] * 200)]}).axes[0]
    assert axes.get_ylim()[1] < 10
