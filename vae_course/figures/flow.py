"""Figures of lesson 10: noise on its way to the codes, priors side by side, long steps against short ones."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..numbers import compact, decimal
from ..text import Both, pick
from .maps import as_points, point_colours
from .pictures import as_pictures, show_sheet
from .style import (
    ACCENT,
    COURSE_LANGUAGE,
    INK,
    PALETTE,
    Chart,
    add_heading,
    as_array,
    as_words,
    in_style,
    math_symbol,
    same_length,
)

CODES = Both(es="códigos de imágenes", en="codes of pictures")
MOVING = Both(es="lo que empezó como ruido", en="what began as noise")
FRECHET = "Fréchet {distance}"
FEW, EXACT = Both(es="con esos pasos", en="with those steps"), Both(es="pasos muy cortos", en="very short steps")
START, END = Both(es="inicio, t = 0", en="start, t = 0"), Both(es="final, t = 1", en="end, t = 1")
BEHIND = "#D9C58B"  # none of the palette, which the points have
ERROR = Both(es="error al final: {error}", en="error at the end: {error}")


@in_style
def flow_film(
    way, codes, labels=None, *, classes=(), moments: int = 6, axes=("z_0", "z_1"), title=None,
    lang: str = COURSE_LANGUAGE,
) -> Figure:  # fmt: skip
    """Points at some moments of their way, evenly spaced from t = 0 to 1, over the codes where it is to lead.

    way: (T, N, 2), as from `integrate`; codes: (M, 2), in the same coordinates; labels: (N,) whole numbers for the
    points' colours, such as the class of the code nearest to where each arrives, named by `classes`.
    """
    way, codes = _as_way(way), as_points(codes, None, None, columns=2)
    if not 2 <= moments <= len(way):
        raise ValueError(f"moments: expected 2 to {len(way)}, as many as the way has places at most, got {moments}")
    same_length(points=way[0], labels=labels)
    colours, groups, _ = point_colours(way.shape[1], labels, classes, None, lang)
    order = np.random.default_rng(0).permutation(way.shape[1])
    columns = 2 if moments == 4 else min(moments, 3)
    rows = math.ceil(moments / columns)
    figure = Chart(7.5, 7.5)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for k, ax in enumerate(panels.flat[moments:], moments - columns):
        ax.set_axis_off()
        panels.flat[k].tick_params(labelbottom=True)  # the panel above has none below it
    for ax, k in zip(panels.flat, np.linspace(0, len(way) - 1, moments).round().astype(int), strict=False):
        _codes_behind(ax, codes)
        ax.scatter(*way[k, order].T, c=colours[order], s=4, alpha=0.8, linewidths=0, rasterized=True)
        ax.set_title(f"t = {k / (len(way) - 1):.2g}", size=10)
    tall = _same_view(panels.flat, np.concatenate([way.reshape(-1, 2), codes]))
    _name_axes(panels, axes, lang)
    add_heading(figure, title, lang)
    dots = [_dot(*group) for group in [*(groups or [(pick(MOVING, lang), PALETTE[0])]), (pick(CODES, lang), BEHIND)]]
    lines = math.ceil(len(dots) / 4)
    figure.legend(handles=dots, loc="outside lower center", ncols=4)
    figure.set_figheight(rows * (6.7 / columns * tall + 0.35) + 0.5 + 0.25 * lines + 0.3 * (title is not None))
    return figure


@in_style
def priors(sheets, names, distances, *, columns: int = 4, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Sheets of pictures side by side, each under its name and its Frechet distance.

    sheets: (P, N, C, H, W); names: P texts; distances: P numbers, or None where there is none to say.
    """
    sheets = as_pictures(sheets, "sheets", ndim=5)
    same_length(sheets=sheets, names=names, distances=distances)
    columns = min(columns, sheets.shape[1])
    figure = Chart(7.5, 7.5)
    panels = figure.subplots(1, len(sheets), squeeze=False)[0]
    for ax, sheet, name, distance in zip(panels, sheets, as_words(names, lang), distances, strict=True):
        show_sheet(ax, sheet, columns)
        said = "" if distance is None else FRECHET.format(distance=decimal(float(distance), 2, lang))
        ax.set_title(f"{name}\n{said}", size=10)
        ax.set_aspect("equal")
    tall, wide = math.ceil(sheets.shape[1] / columns) * sheets.shape[-2], columns * sheets.shape[-1]
    figure.set_figheight((7.5 / len(sheets) - 0.14) * tall / wide + 0.55 + 0.25 * (title is not None))
    add_heading(figure, title, lang)
    return figure


@in_style
def paths(ways, names, exact, *, codes=None, axes=("z_0", "z_1"), title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """A few points' ways by long steps, a panel each, over the same ways by very short ones; how far the ends differ.

    ways: (T, N, 2) each, T as may be, all from the same N starts; exact: (T, N, 2); codes: (M, 2), faint behind.
    """
    ways, exact = [_as_way(way) for way in ways], _as_way(exact, "exact")
    same_length(ways=ways, names=names)
    if not ways or any(way.shape[1] != exact.shape[1] or not np.allclose(way[0], exact[0]) for way in ways):
        raise ValueError("ways: expected at least one, all from the starts of `exact`")
    codes = None if codes is None else as_points(codes, None, None, columns=2)
    figure = Chart(7.5, 7.5)
    panels = figure.subplots(1, len(ways), squeeze=False, sharex=True, sharey=True)
    for ax, way, name in zip(panels[0], ways, as_words(names, lang), strict=True):
        if codes is not None:
            _codes_behind(ax, codes)
        ax.plot(*exact.transpose(2, 0, 1), color=INK, linewidth=1)
        ax.plot(*way.transpose(2, 0, 1), "-o", color=ACCENT, linewidth=1.2, markersize=3.5)
        ax.plot(*exact[0].T, "o", color="white", markeredgecolor=INK, markersize=5, linestyle="")
        ax.plot(*exact[-1].T, "o", color=INK, markersize=5, linestyle="")
        error = np.linalg.norm(way[-1] - exact[-1], axis=1).mean()
        ax.set_title(f"{name}\n{pick(ERROR, lang).format(error=compact(error, 2, lang))}", size=10)
    tall = _same_view(panels.flat, np.concatenate([exact.reshape(-1, 2), *(way.reshape(-1, 2) for way in ways)]))
    _name_axes(panels, axes, lang)
    add_heading(figure, title, lang)
    long_steps = Line2D([], [], marker="o", markersize=3.5, color=ACCENT, label=pick(FEW, lang))
    short_steps = Line2D([], [], linewidth=1, color=INK, label=pick(EXACT, lang))
    ends = [_dot(pick(START, lang), "white", INK), _dot(pick(END, lang), INK)]
    figure.legend(handles=[long_steps, short_steps, *ends], loc="outside lower center", ncols=4)
    figure.set_figheight(6.7 / len(ways) * tall + 1.25 + 0.3 * (title is not None))
    return figure


def _as_way(values, name: str = "way") -> np.ndarray:
    way = as_array(values).astype(float)
    if way.ndim != 3 or way.shape[2] != 2 or len(way) < 2 or not way.size:
        raise ValueError(f"{name}: expected shape (T, N, 2), T at least 2, got {way.shape}")
    return way


def _codes_behind(ax, codes: np.ndarray) -> None:
    size = np.clip(20_000 / len(codes), 1, 8)
    ax.scatter(*codes.T, color=BEHIND, s=size, alpha=0.6, linewidths=0, rasterized=True)


def _same_view(panels, points: np.ndarray) -> float:
    """All panels show the middle 99.6 % of the points, one unit as long across as up. Returns height over width."""
    low, high = np.quantile(points, (0.002, 0.998), axis=0)
    room = 0.06 * (high - low).max()
    for ax in panels:
        ax.set(xlim=(low[0] - room, high[0] + room), ylim=(low[1] - room, high[1] + room))
        ax.set_aspect("equal")
        ax.grid()
    across, up = high - low + 2 * room
    return up / across


def _name_axes(panels, axes, lang: str) -> None:
    for ax in panels[-1]:
        ax.set_xlabel(math_symbol(pick(axes[0], lang)))
    for ax in panels[:, 0]:
        ax.set_ylabel(math_symbol(pick(axes[1], lang)))


def _dot(name: str, colour, edge=None) -> Line2D:
    return Line2D([], [], marker="o", linestyle="", color=colour, markeredgecolor=edge, markersize=6, label=name)
