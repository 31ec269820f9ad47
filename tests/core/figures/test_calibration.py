import math

import pytest
from matplotlib.text import Text

from vae_course.figures.calibration import calibration

NUMBERS = [("01", 0.5), ("01", 2.0), ("04", 0.0), ("04", math.inf), ("04", 30.0), ("05", -1.0)]
OPTIONS = [("01", True, 1 / 3), ("01", False, 1 / 3), ("09", True, 0.5)]


def words(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()}


def test_texts_are_in_the_language_asked_for():
    es, en = (words(calibration(NUMBERS, OPTIONS, lang=lang)) for lang in ("es", "en"))
    assert {"lección", "al azar"} <= es - en and {"lesson", "by chance"} <= en - es


def test_each_number_is_a_dot_in_its_lessons_row_and_far_ones_stand_at_the_edge():
    ax = calibration(NUMBERS, OPTIONS, lang="en").axes[0]
    found = [
        (line.get_xdata()[0], round(line.get_ydata()[0]), line.get_marker())
        for line in ax.lines
        if len(line.get_xdata()) == 1
    ]
    assert found == [(0.5, 0, "o"), (2.0, 0, "o"), (0.1, 1, "<"), (10.0, 1, ">"), (10.0, 1, ">"), (0.1, 2, "<")]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["01", "04", "05", "09"]


def test_bars_are_shares_beside_chance():
    ax = calibration(NUMBERS, OPTIONS, lang="en").axes[1]
    assert [round(bar.get_width()) for bar in ax.patches] == [50, 100]
    assert {"1 / 2", "1 / 1"} <= {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(("numbers", "options"), [(NUMBERS, []), ([], OPTIONS)])
def test_one_kind_alone_has_one_panel(numbers, options):
    assert len(calibration(numbers, options, lang="en").axes) == 1


def test_nothing_is_no_figure():
    with pytest.raises(ValueError, match="at least one"):
        calibration([], [])


def test_it_fits_the_page():
    assert calibration(NUMBERS, OPTIONS, lang="es").get_size_inches()[0] <= 7.6
