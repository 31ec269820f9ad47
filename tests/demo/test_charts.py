"""The charts that the server draws: whole SVG, and everything where its value is."""

import math
from xml.etree import ElementTree

import pytest

from vae_course.demo.ui import charts
from vae_course.demo.ui.charts import Scale, Series


def drawn(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart).partition("</svg>")[0] + "</svg>")


def test_charts_are_whole_svg_whatever_their_words():
    words = "a < b & \"c\" 'd'"
    line = Series(words, [(1, 1), (10, 3)], words=[words, "e"])
    charts_ = [
        charts.plot("en", words, words, words, [line], xs=(1, 10), ys=(0, 4), log=True, marks={words: 2}),
        charts.bars("en", words, [(words, 2.0, words), ("f", -1.0, "−1")], 2, words),
        charts.histogram("en", words, words, {words: ([1.0, 2.0], charts.TEAL), "g": ([3.0], charts.GREY)}, [0, 2, 4]),
    ]
    for chart in charts_:
        root = drawn(chart)
        assert root.get("role") == "img" and root.get("aria-label") == words
        assert words in [text.text for text in root.iter("text")]


def test_points_and_bars_stand_where_their_values_are():
    line = Series("", [(0, 0), (5, 5), (10, 10)])
    dots = list(drawn(charts.plot("en", "t", "x", "y", [line], xs=(0, 10), ys=(0, 10))).iter("circle"))
    x, y = ([float(dot.get(key)) for dot in dots] for key in ("cx", "cy"))
    assert x[1] == pytest.approx((x[0] + x[2]) / 2, abs=0.2) and y[0] > y[1] > y[2]
    bars = list(drawn(charts.bars("en", "t", [("a", 1.0, "1"), ("b", 2.0, "2")], 2, "u")).iter("rect"))
    assert float(bars[1].get("width")) == pytest.approx(2 * float(bars[0].get("width")), abs=0.2)


def test_a_dashed_line_has_its_word_on_the_side_away_from_the_curve():
    line = Series("", [(0, 9), (10, 5)])
    chart = charts.plot("en", "t", "x", "y", [line], xs=(0, 10), ys=(0, 10), marks={"over": 7, "under": 4})
    words = {text.text: float(text.get("y")) for text in drawn(chart).iter("text")}
    scale = Scale(0, 10, charts.HEIGHT - charts.BOTTOM, charts.TOP)
    assert words["over"] < scale(7) and words["under"] > scale(4)


def test_each_series_is_named_where_there_are_several():
    one, two = Series("first", [(0, 0)]), Series("second", [(1, 1)], charts.ORANGE)
    axes = {"xs": (0, 10), "ys": (0, 10)}
    assert "legend" not in charts.plot("en", "t", "x", "y", [one], **axes)
    chart = charts.plot("en", "t", "x", "y", [one, two], **axes)
    assert chart.index("first") < chart.index("second") and f"background:{charts.ORANGE}" in chart


def test_a_scale_goes_from_end_to_end_in_both_directions_and_by_logarithms():
    up = Scale(0, 8, 100, 20)
    assert [up(value) for value in (0, 2, 8)] == [100, 80, 20] and up.middle == 60
    log = Scale(1, 100, 0, 10, math.log)
    assert log(10) == pytest.approx(5)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-3, 3, [-2, 0, 2]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (203.3, 249, [210, 220, 230, 240]),
        (-99, 99, [-50, 0, 50]),
    ],
)
def test_ticks_are_round_numbers_within_the_axis(low, high, expected):
    assert charts.round_values(low, high) == pytest.approx(expected)


def test_ticks_leave_each_other_room_and_those_asked_for_first_stay():
    scale = Scale(0, 100, 0, 200)
    assert charts.apart((0, 100, 50, 45, 10, 400, -5), scale, 44) == [0, 100, 50]
