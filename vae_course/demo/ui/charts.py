"""Small charts as inline SVG: readable on light and dark, with words for those who can't see them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

TEAL, ORANGE, GREY = "#0d9488", "#d97706", "#78716c"
WIDTH, HEIGHT = 460, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 14, 46


@dataclass(frozen=True)
class Series:
    """A line, or points alone; each point may carry a word."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: str = TEAL
    words: Sequence[str] = ()
    line: bool = True


def plot(title: str, x: str, y: str, series: list[Series], *, marks: dict[str, float] | None = None, **axes) -> str:
    """Lines or points over two axes. marks: words -> height of a dashed line; axes: xs, ys (ticks), log (of x)."""
    xs, ys, log = axes["xs"], axes["ys"], axes.get("log", False)
    at = _scale(xs, LEFT, WIDTH - RIGHT, log), _scale(ys, HEIGHT - BOTTOM, TOP, False)
    drawn = [
        *_axes(xs, ys, at, x, y),
        *_dashed(marks or {}, at[1], series[0].points[-1][1]),
        *(_series(one, at) for one in series),
    ]
    return _svg(title, HEIGHT, "".join(drawn)) + _legend(series)


def bars(
    title: str,
    rows: list[tuple[str, float, str]],
    most: float,
    unit: str,
    colours: list[str] | None = None,
    legend: dict[str, str] | None = None,
) -> str:
    """Horizontal bars: (word, value, value in words) a row; negative ones go left of a middle line.

    colours: of each bar; legend: what a colour stands for -> the colour.
    """
    low = -most if any(value < 0 for _, value, _ in rows) else 0.0
    at = _scale([low, most], 150, WIDTH - 64, False)
    parts = [f'<line x1="{at(0):.0f}" x2="{at(0):.0f}" y1="4" y2="{len(rows) * 26 + 6}" stroke="currentColor"/>']
    for k, (word, value, told) in enumerate(rows):
        start, width = min(at(0), at(value)), abs(at(value) - at(0))
        colour = colours[k] if colours else TEAL
        end = max(at(0), at(value)) + 5
        parts.append(
            f'<text x="140" y="{k * 26 + 22}" text-anchor="end">{escape(word)}</text>'
            f'<rect x="{start:.1f}" y="{k * 26 + 8}" width="{max(width, 1):.1f}" height="18" fill="{colour}"/>'
            f'<text x="{end:.1f}" y="{k * 26 + 22}">{escape(told)}</text>'
        )
    height = len(rows) * 26 + 34
    parts.append(f'<text x="{at((low + most) / 2):.0f}" y="{height - 6}" text-anchor="middle">{escape(unit)}</text>')
    key = _legend([Series(words, (), colour) for words, colour in (legend or {}).items()])
    return _svg(title, height, "".join(parts)) + key


def histogram(title: str, x: str, values: dict[str, tuple[list[float], str]], xs: list[float], bins: int = 36) -> str:
    """Shares of values between the first and last tick, one filled outline for each name."""
    step = (xs[-1] - xs[0]) / bins
    counts = {name: _counts(numbers, xs[0], step, bins) for name, (numbers, _) in values.items()}
    top = max(max(heights) for heights in counts.values())
    at = _scale(xs, LEFT, WIDTH - RIGHT, False), _scale([0, top], HEIGHT - BOTTOM, TOP, False)
    parts = _axes(xs, [], at, x, "")
    for name, (_, colour) in values.items():
        corners = [(xs[0] + (k + side) * step, height) for k, height in enumerate(counts[name]) for side in (0, 1)]
        path = " ".join(f"{at[0](a):.1f},{at[1](b):.1f}" for a, b in [(xs[0], 0), *corners, (xs[-1], 0)])
        parts.append(f'<polygon points="{path}" fill="{colour}" fill-opacity="0.55" stroke="{colour}"/>')
    legend = _legend([Series(name, (), colour) for name, (_, colour) in values.items()])
    return _svg(title, HEIGHT, "".join(parts)) + legend


def _counts(values: list[float], start: float, step: float, bins: int) -> list[int]:
    places = [min(bins - 1, max(0, int((value - start) / step))) for value in values]
    return [places.count(k) for k in range(bins)]


def _scale(ticks: Sequence[float], start: float, end: float, log: bool) -> Callable[[float], float]:
    move = math.log if log else float
    low, high = move(min(ticks)), move(max(ticks))
    return lambda value: start + (move(value) - low) / (high - low) * (end - start)


def _axes(xs, ys, at, x: str, y: str) -> list[str]:
    bottom, middle = HEIGHT - BOTTOM, (HEIGHT - BOTTOM + TOP) / 2
    parts = [f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="currentColor"/>']
    for value in xs:
        parts.append(f'<text x="{at[0](value):.1f}" y="{bottom + 17}" text-anchor="middle">{_told(value)}</text>')
    for value in ys:
        level = at[1](value)
        parts.append(
            f'<path d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}" stroke="currentColor" stroke-opacity="0.15"/>'
            f'<text x="{LEFT - 7}" y="{level + 4:.1f}" text-anchor="end">{_told(value)}</text>'
        )
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>')
    turned = f'transform="rotate(-90 14 {middle})"'
    parts.append(f'<text x="14" y="{middle}" text-anchor="middle" {turned}>{escape(y)}</text>')
    return parts


def _dashed(marks: dict[str, float], at: Callable[[float], float], end: float) -> list[str]:
    """Dashed lines, each with its word on the side away from where the first series ends."""
    return [
        f'<path d="M{LEFT} {at(value):.1f}H{WIDTH - RIGHT}" stroke="currentColor" stroke-dasharray="5 4"/>'
        f'<text x="{WIDTH - RIGHT}" y="{at(value) + (15 if value < end else -5):.1f}" text-anchor="end">'
        f"{escape(word)}</text>"
        for word, value in marks.items()
    ]


def _series(one: Series, at) -> str:
    places = [(at[0](x), at[1](y)) for x, y in one.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = f'<polyline points="{path}" fill="none" stroke="{one.colour}" stroke-width="2.5"/>' if one.line else ""
    few = places if len(places) <= 12 else []
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{one.colour}"/>' for x, y in few)
    return (
        line
        + dots
        + "".join(
            _word(word, *place, below=not one.line and k % 2 == 1)
            for k, (word, place) in enumerate(zip(one.words, places, strict=False))
        )
    )


def _word(word: str, x: float, y: float, below: bool = False) -> str:
    """Beside a point, on the side where there is room."""
    drop = 17 if below else -7
    left = x > WIDTH * 0.66
    anchor, shift = ("end", -9) if left else ("start", 9)
    return f'<text x="{x + shift:.1f}" y="{y + drop:.1f}" text-anchor="{anchor}">{escape(word)}</text>'


def _legend(series: list[Series]) -> str:
    if len(series) < 2:
        return ""
    items = "".join(f'<li><i style="background:{one.colour}"></i>{escape(one.name)}</li>' for one in series)
    return f'<ul class="legend">{items}</ul>'


def _svg(title: str, height: int, inside: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'font-size="13" fill="currentColor">{inside}</svg>'
    )


def _told(value: float) -> str:
    return f"{value:g}".replace("-", "−")
