"""The figure of what was predicted: numbers against their results, options that were right."""

import numpy as np
from matplotlib.figure import Figure

from ..text import Both, pick
from .style import ACCENT, COURSE_LANGUAGE, GREY, INK, LIGHT, PALETTE, Chart, in_style

FACTOR = Both(es="lo que se predijo, en veces el resultado", en="what was predicted, as a multiple of the result")
RIGHT = Both(es="% de opciones acertadas", en="% of options that were right")
LESSON = Both(es="lección", en="lesson")
CHANCE = Both(es="al azar", en="by chance")
WIDEST = 10.0  # times the result, or a part of it: what is farther off stands at the edge, as an arrow
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)


@in_style
def calibration(numbers, options, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """A row a lesson: a dot for each number, in units of its result; the share of right options, and chance's.

    numbers: [(lesson, factor)], 0 and infinity allowed; options: [(lesson, right, chance's share)]; not both empty.
    """
    lessons = sorted({lesson for lesson, *_ in (*numbers, *options)})
    if not lessons:
        raise ValueError("numbers and options: at least one is needed")
    panels = [draw for draw, data in ((_factors, numbers), (_shares, options)) if len(data)]
    figure = Chart(7.5, 1.3 + 0.42 * len(lessons))
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, draw in zip(axes, panels, strict=True):
        draw(ax, numbers if draw is _factors else options, lessons, lang)
    axes[0].set_yticks(range(len(lessons)), lessons)
    axes[0].set(ylim=(len(lessons) - 0.5, -0.5), ylabel=pick(LESSON, lang))
    for ax in axes:
        ax.tick_params(axis="y", length=0)
    return figure


def _factors(ax, numbers, lessons: list[str], lang: str) -> None:
    ax.axvspan(0.5, 2, color=LIGHT, zorder=0, linewidth=0)
    ax.axvline(1, color=INK, linewidth=1)
    ax.hlines(np.arange(len(lessons) - 1) + 0.5, 1 / WIDEST, WIDEST, color=LIGHT, linewidth=0.8, zorder=0)
    for row, lesson in enumerate(lessons):
        factors = [factor for name, factor in numbers if name == lesson]
        places = row + (np.arange(len(factors)) - (len(factors) - 1) / 2) * 0.6 / max(len(factors), 1)
        for factor, place in zip(factors, places, strict=True):
            inside = 1 / WIDEST <= factor <= WIDEST
            marker = "o" if inside else "<" if factor < 1 else ">"
            colour = PALETTE[0] if inside else ACCENT
            ax.plot(np.clip(factor, 1 / WIDEST, WIDEST), place, marker, color=colour, markersize=6, clip_on=False)
    ax.set_xscale("log")
    ax.minorticks_off()
    ax.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    ax.set(xlim=(1 / WIDEST, WIDEST), xlabel=pick(FACTOR, lang))


def _shares(ax, options, lessons: list[str], lang: str) -> None:
    for row, lesson in enumerate(lessons):
        found = [(right, chance) for name, right, chance in options if name == lesson]
        if not found:
            continue
        right, chance = 100 * np.mean(found, axis=0)
        ax.barh(row, right, height=0.6, color=PALETTE[2])
        ax.plot([chance, chance], [row - 0.36, row + 0.36], color=INK, linewidth=1.2, label=pick(CHANCE, lang))
        text = f"{sum(one for one, _ in found)} / {len(found)}"
        ax.annotate(text, (right, row), (4, 0), textcoords="offset points", va="center", size=9, color=GREY)
    ax.set(xlim=(0, 118), xticks=range(0, 101, 25), xlabel=pick(RIGHT, lang))
    handles, labels = ax.get_legend_handles_labels()
    ax.figure.legend(handles[:1], labels[:1], loc="outside lower right")
