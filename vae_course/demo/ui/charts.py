"""Small charts as inline SVG: scales, axes and ticks of all that the server draws, and three charts for any numbers.

Readable on light and dark, with words for those who can't see them. Markup lies in templates; those of a tab's own
charts import ui/chart.html, which draws what is defined here.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from ...text import Both
from .html import render

TEAL, ORANGE, GREY = "#0d9488", "#d97706", "#78716c"
WIDTH, HEIGHT = 460, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 14, 46  # margins
MOST_DOTS = 12  # of a line; one with more points is drawn without
BINS = 36  # of a histogram
Words = str | Both  # of a name, such as "μ", or in both languages


@dataclass(frozen=True)
class Scale:
    """Where values lie on the paper: `low` at `start`, `high` at `end`, in pixels to the right or down."""

    low: float
    high: float
    start: float
    end: float
    move: Callable[[float], float] = float  # what is linear on the paper, such as math.log

    def __call__(self, value: float) -> float:
        low, high = self.move(self.low), self.move(self.high)
        return self.start + (self.move(value) - low) / (high - low) * (self.end - self.start)

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


@dataclass(frozen=True)
class Axis:
    """A scale, the values that are written along it, and what they mean."""

    scale: Scale
    ticks: Sequence[float]
    title: Words = ""


@dataclass(frozen=True)
class Series:
    """A line, or points alone; each point may carry a word."""

    name: Words
    points: Sequence[tuple[float, float]]
    colour: str = TEAL
    words: Sequence[str] = ()
    line: bool = True

    def placed(self, x: Scale, y: Scale) -> list[tuple[float, float, str | None]]:
        """Where the points lie, each with its word."""
        return [(x(a), y(b), word) for (a, b), word in zip_longest(self.points, self.words[: len(self.points)])]


def round_values(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from low to high, evenly spaced, about so many."""
    rough = (high - low) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def apart(values: Iterable[float], scale: Scale, room: float) -> list[float]:
    """Those of the values, the most welcome first, that lie on the scale, each `room` pixels from every other."""
    chosen: list[float] = []
    for value in values:
        inside = scale.low - 1e-9 <= value <= scale.high
        if inside and all(abs(scale(value) - scale(other)) > room for other in chosen):
            chosen.append(value)
    return chosen


def plot(
    lang: str,
    title: Words,
    x: Words,
    y: Words,
    series: list[Series],
    *,
    xs: Sequence[float],
    ys: Sequence[float],
    log: bool = False,
    marks: dict[Words, float] | None = None,
) -> str:
    """Lines or points over two axes whose ticks are xs and ys; log: of x.

    marks: words -> height of a dashed line, its word on the side away from where the first series ends.
    """
    across = Axis(Scale(min(xs), max(xs), LEFT, WIDTH - RIGHT, math.log if log else float), xs, x)
    up = Axis(Scale(min(ys), max(ys), HEIGHT - BOTTOM, TOP), ys, y)
    return render(
        "ui/chart-plot.html", lang, title=title, width=WIDTH, height=HEIGHT, x=across, y=up, series=series,
        marks=marks or {}, last=series[0].points[-1][1], most_dots=MOST_DOTS,
        legend={line.name: line.colour for line in series},
    )  # fmt: skip


def bars(
    lang: str,
    title: Words,
    rows: Sequence[tuple[Words, float, str]],
    most: float,
    unit: Words,
    colours: list[str] | None = None,
    legend: dict[Words, str] | None = None,
) -> str:
    """Horizontal bars: (word, value, value in words) a row; negative ones go left of a middle line.

    colours: of each bar; legend: what a colour stands for -> the colour.
    """
    low = -most if any(value < 0 for _, value, _ in rows) else 0.0
    return render(
        "ui/chart-bars.html", lang, title=title, width=WIDTH, rows=rows, unit=unit, legend=legend or {},
        scale=Scale(low, most, 150, WIDTH - 64), colours=colours or [TEAL] * len(rows), row=26,
    )  # fmt: skip


def histogram(lang: str, title: Words, x: Words, values: dict[Words, tuple[list[float], str]], xs: list[float]) -> str:
    """Shares of values between the first and last tick, one filled outline for each name."""
    step = (xs[-1] - xs[0]) / BINS
    inside = {name: np.clip(numbers, xs[0], xs[-1]) for name, (numbers, _) in values.items()}
    counts = {name: np.histogram(numbers, BINS, (xs[0], xs[-1]))[0].tolist() for name, numbers in inside.items()}
    up = Scale(0, max(max(heights) for heights in counts.values()), HEIGHT - BOTTOM, TOP)
    edges = [(xs[0] + (k + side) * step, k) for k in range(BINS) for side in (0, 1)]
    corners = {
        name: [(xs[0], 0), *((edge, heights[k]) for edge, k in edges), (xs[-1], 0)] for name, heights in counts.items()
    }
    return render(
        "ui/chart-histogram.html", lang, title=title, width=WIDTH, height=HEIGHT, corners=corners,
        x=Axis(Scale(xs[0], xs[-1], LEFT, WIDTH - RIGHT), xs, x), y=Axis(up, ()),
        colours={name: colour for name, (_, colour) in values.items()},
    )  # fmt: skip
