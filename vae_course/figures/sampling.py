"""The figures of lesson 03: clouds of codes, dots that mu and sigma move, and where gradients pass."""

import math
from typing import Any

import numpy as np
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.ticker import MaxNLocator

from ..numbers import compact
from ..text import Both, pick
from .maps import PRIOR
from .pictures import as_pictures, sheet_size, show_sheet
from .style import (
    ACCENT,
    BESIDE,
    COURSE_LANGUAGE,
    GREY,
    INK,
    LIGHT,
    PALETTE,
    REST,
    Chart,
    add_heading,
    as_array,
    as_words,
    fit_figure,
    in_style,
    same_length,
)

CLOUD = Both(es="nube de cada imagen (2σ)", en="each picture's cloud (2σ)")
CODE = Both(es="su centro, μ", en="its centre, μ")
CLOSER = Both(es="el cuadro, de cerca", en="the square, close up")


def _plane(values, name: str) -> np.ndarray:
    points = as_array(values).astype(float)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"{name}: expected shape (N, 2), got {points.shape}")
    return points


@in_style
def clouds(maps, focus: int, *, titles, reach: float = 5.0, lang: str = COURSE_LANGUAGE) -> Figure:
    """Posteriors of one set of pictures in several models' planes: all of them, and below those around one of them.

    maps: [(mu (N, 2), logvar (N, 2))]; focus: the picture in the middle of the close-up, `reach` times the usual
    distance between nearest neighbours to each side.
    """
    same_length(maps=maps, titles=titles)
    maps = [(_plane(mu, "mu"), _plane(logvar, "logvar")) for mu, logvar in maps]
    figure = Chart(7.5, 3.75 * 2)
    for column, (mu, logvar), title in zip(
        figure.subplots(2, len(maps), squeeze=False).T, maps, as_words(titles, lang), strict=True
    ):
        half = reach * _usual_distance(mu)
        corner = mu[focus] - half
        for ax, size in zip(column, (3, 14), strict=True):
            _ellipses(ax, mu, 2 * np.exp(logvar / 2), size)
        column[0].add_patch(Rectangle(corner, 2 * half, 2 * half, fill=False, edgecolor=ACCENT, linewidth=1.5))
        column[0].add_patch(Circle((0, 0), 2, fill=False, edgecolor=INK, linewidth=1.2, linestyle="--"))
        column[0].set_title(title)
        column[0].set_aspect("equal", adjustable="datalim")
        low, high = corner, corner + 2 * half
        column[1].set(title=pick(CLOSER, lang), xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        column[1].spines[:].set(visible=True, color=ACCENT)
        for axis in (column[1].xaxis, column[1].yaxis):
            axis.set_major_locator(MaxNLocator(4))
    figure.legend(handles=_cloud_key(lang), loc="outside lower center", ncols=3)
    return figure


def _usual_distance(points: np.ndarray) -> float:
    """The median distance to the nearest other point."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(np.median(apart.min(axis=1)))


def _ellipses(ax, centres: np.ndarray, radii: np.ndarray, size: float) -> None:
    ax.add_collection(
        EllipseCollection(2 * radii[:, 0], 2 * radii[:, 1], np.zeros(len(radii)), units="xy", offsets=centres,
                          offset_transform=ax.transData, facecolor=PALETTE[5], alpha=0.35, linewidth=0)
    )  # fmt: skip
    ax.scatter(*centres.T, s=size, color=PALETTE[0], linewidths=0)


def _cloud_key(lang: str) -> list:
    dot: dict[str, Any] = {"linestyle": "", "marker": "o"}
    return [
        Line2D([], [], **dot, color=PALETTE[5], alpha=0.5, markersize=11, label=pick(CLOUD, lang)),
        Line2D([], [], **dot, color=PALETTE[0], markersize=4, label=pick(CODE, lang)),
        Line2D([], [], color=INK, linewidth=1.2, linestyle="--", label=pick(PRIOR, lang).split(":")[0] + ": 2σ"),
    ]


BELOW = Both(es="float32 no guarda\nesta varianza", en="float32 cannot hold\nthis variance")
SMALLEST = np.log(2.0**-149)  # the smallest variance above 0 that a float32 holds
LOGVAR = Both(es="logvar, lo que entrega el encoder", en="logvar, what the encoder gives")
SHARE = Both(es="densidad", en="density")


@in_style
def log_variances(values, names, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """The log variances that encoders give, one histogram each, the sigma they mean above. values: arrays."""
    same_length(values=values, names=names)
    figure = Chart(7.5, 3.2)
    ax = figure.subplots()
    for row, colour, name in zip(values, PALETTE, as_words(names, lang), strict=False):
        ax.hist(as_array(row).ravel(), bins=40, density=True, color=colour, alpha=0.75, label=name)
    low, high = ax.get_xlim()
    ax.set(xlim=(low, max(high, 4)), xlabel=pick(LOGVAR, lang), ylabel=pick(SHARE, lang), yscale="log")
    if low < SMALLEST:
        ax.axvspan(low, SMALLEST, color=LIGHT, zorder=0)
        ax.text(0.01, 0.96, pick(BELOW, lang), transform=ax.transAxes, va="top", size=8)
    above = ax.secondary_xaxis("top")
    powers = np.arange(0, low / np.log(100), -5)
    above.set_xticks(powers * np.log(100), [rf"$10^{{{power:.0f}}}$" if power else "1" for power in powers])
    above.set_xlabel("σ = exp(logvar / 2)")
    ax.legend(loc="upper left" if low >= SMALLEST else "upper center")
    return figure


@in_style
def moved_dots(dots, titles, *, marked: int = 4, columns: int = 2, lang: str = COURSE_LANGUAGE) -> Figure:
    """The same dots at several places and sizes, side by side; the first ones marked, to be found again.

    dots: [(N, 2)], as many in each; a line joins a marked dot with its place in the first panel.
    """
    same_length(panels=dots, titles=titles)
    dots = [_plane(points, "dots") for points in dots]
    same_length(**{f"panel_{k}": points for k, points in enumerate(dots)})
    limit = max(3.0, 1.05 * max(np.abs(points).max() for points in dots))
    rows = math.ceil(len(dots) / columns)
    figure = Chart(7.5, 7 / columns * rows)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).flat
    for ax, points, title in zip(panels, dots, as_words(titles, lang), strict=False):
        ax.axhline(0, color=LIGHT, zorder=0)
        ax.axvline(0, color=LIGHT, zorder=0)
        ax.scatter(*points[marked:].T, s=16 if marked else 9, color=REST if marked else PALETTE[0], linewidths=0)
        for start, end, colour in zip(dots[0][:marked], points[:marked], PALETTE, strict=False):
            ax.plot(*np.stack([start, end]).T, color=colour, linewidth=1)
        ax.scatter(*points[:marked].T, s=60, color=PALETTE[:marked], linewidths=0, zorder=3)
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        ax.set_title(title, size=10)
    return figure


CUT = Both(es="z se sortea: el gradiente no pasa", en="z is drawn: the gradient stops")
OPEN = Both(es="z se calcula: el gradiente pasa", en="z is computed: the gradient passes")
BLAME = Both(es="gradiente", en="gradient")
FORWARD = Both(es="cálculo", en="computation")


@in_style
def gradient_paths(*, lang: str = COURSE_LANGUAGE) -> Figure:
    """Two ways to get z from mu and sigma, and how far the gradient of the loss comes back in each."""
    figure = Chart(7.5, 3.3)
    for ax, title, passes in zip(figure.subplots(1, 2), (CUT, OPEN), (False, True), strict=True):
        ax.set(xlim=(-0.3, 4.3), ylim=(-1.75, 1.25))
        ax.set_axis_off()
        ax.set_title(pick(title, lang), size=10)
        z = r"$z = \mu + \sigma\,\varepsilon$" if passes else r"$z \sim \mathcal{N}(\mu, \sigma^2)$"
        places = {"μ": (0, 0.75), "σ": (0, -0.75), z: (2.05, 0), "L": (4, 0)}
        if passes:
            places["ε"] = (2.05, -1.45)
        boxes = {
            name: _box(ax, name, place, chance=name == "ε" or (name == z and not passes))
            for name, place in places.items()
        }
        for start, end, bend in (("μ", z, 0.25), ("σ", z, -0.25), (z, "L", 0.4)):
            _arrow(ax, places, boxes, start, end, INK)
            if passes or end == "L":
                _arrow(ax, places, boxes, end, start, ACCENT, bend)
        if passes:
            _arrow(ax, places, boxes, "ε", z, INK)
        if not passes:
            ax.text(1.05, 0, "✕", color=ACCENT, ha="center", va="center", size=15, weight="bold")
    lines = [Line2D([], [], color=c, label=pick(n, lang)) for c, n in ((INK, FORWARD), (ACCENT, BLAME))]
    square: dict[str, Any] = {"marker": "s", "linestyle": "", "markersize": 10, "color": PALETTE[1]}
    handles = [*lines, Line2D([], [], **square, label=pick(CHANCE, lang))]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


CHANCE = Both(es="azar", en="chance")


def _box(ax, name: str, place, *, chance: bool) -> FancyBboxPatch:
    wide = 0.28 if len(name) == 1 else 0.72
    x, y = place
    box = FancyBboxPatch((x - wide, y - 0.26), 2 * wide, 0.52, boxstyle="round,pad=0,rounding_size=0.1",
                         facecolor=PALETTE[1] if chance else "white", edgecolor=INK, zorder=3)  # fmt: skip
    ax.text(x, y, name, ha="center", va="center", size=11 if len(name) == 1 else 9.5, zorder=4)
    return ax.add_patch(box)


def _arrow(ax, places, boxes, start: str, end: str, colour: str, bend: float = 0.0) -> None:
    ax.add_patch(
        FancyArrowPatch(places[start], places[end], color=colour, linewidth=1.8, arrowstyle="-|>", mutation_scale=13,
                        connectionstyle=f"arc3,rad={bend}", patchA=boxes[start], patchB=boxes[end],
                        shrinkA=2, shrinkB=3)
    )  # fmt: skip


STEP = Both(es="paso (escala logarítmica)", en="step (logarithmic scale)")
GOAL = Both(es="objetivo", en="target")
SLOPE = Both(es="E[(z − {target})²]: más claro, menor", en="E[(z − {target})²]: paler is lower")


@in_style
def descent(paths, names, *, target: float = 3.0, lang: str = COURSE_LANGUAGE) -> Figure:
    """Gradient descent on E[(z - target)^2], z ~ N(mu, sigma^2): mu and sigma by step, and the paths on the landscape.

    paths: [(T, 2)], mu and sigma after each step; names: one for each.
    """
    same_length(paths=paths, names=names)
    paths = [_plane(path, "paths") for path in paths]
    figure = Chart(7.5, 4.1)
    grid = figure.add_gridspec(2, 2)
    panels = [figure.add_subplot(grid[row, 0]) for row in (0, 1)]
    ground = figure.add_subplot(grid[:, 1])
    for k, (ax, symbol) in enumerate(zip(panels, "μσ", strict=True)):
        for path, colour in zip(paths, PALETTE, strict=False):
            ax.plot(np.arange(1, len(path) + 1), path[:, k], color=colour)
        ax.set(ylabel=symbol, ylim=(-0.15, max(path[:, k].max() for path in paths) * 1.1))
        ax.set_xscale("log")
        ax.grid(axis="y")
    panels[0].axhline(target, color=GREY, linewidth=1, linestyle=":")
    panels[0].annotate(pick(GOAL, lang), (1, target), (-2, -3), BESIDE, "offset points", ha="right", va="top", size=8,
                       color=GREY)  # fmt: skip
    panels[1].set_xlabel(pick(STEP, lang))
    _landscape(ground, paths, target)
    ground.set_title(pick(SLOPE, lang).format(target=compact(target, 3, lang)), size=10)
    handles = [Line2D([], [], color=c, label=name) for c, name in zip(PALETTE, as_words(names, lang), strict=False)]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _landscape(ax, paths, target: float) -> None:
    mu, sigma = np.meshgrid(np.linspace(-0.5, target + 0.5, 80), np.linspace(0, 1.5, 60))
    cost = (mu - target) ** 2 + sigma**2
    ax.contourf(mu, sigma, cost, levels=np.linspace(0, cost.max(), 13), cmap="Greys", alpha=0.55)
    for path, colour in zip(paths, PALETTE, strict=False):
        ax.plot(*path.T, color=colour)
        ax.plot(*path[0], "o", color=INK, markersize=5, zorder=5)
        ax.plot(*path[-1], "o", color=colour, markersize=8, markeredgecolor="white", zorder=6)
    ax.set(xlabel="μ", ylabel="σ", xlim=(-0.5, target + 0.5), ylim=(0, 1.5))


DRAWS = Both(es="sorteos", en="draws")
ONE_DRAW = Both(es="gradiente respecto de μ que da un solo sorteo", en="gradient with respect to μ that one draw gives")
SPREAD = Both(es="{name}: media {mean}, varianza {variance}", en="{name}: mean {mean}, variance {variance}")


@in_style
def estimators(estimates, names, *, truth: float, lang: str = COURSE_LANGUAGE) -> Figure:
    """Histograms of unbiased estimates of one number, each with its mean and variance. estimates: arrays (N,)."""
    same_length(estimates=estimates, names=names)
    estimates = [as_array(values).astype(float) for values in estimates]
    figure = Chart(7.5, 1.5 * len(estimates) + 0.7)
    low, high = np.quantile(np.concatenate(estimates), (0.002, 0.998))
    axes = figure.subplots(len(estimates), 1, squeeze=False, sharex=True)[:, 0]
    for ax, values, colour, name in zip(axes, estimates, PALETTE, as_words(names, lang), strict=False):
        ax.hist(values, bins=np.linspace(low, high, 90), color=colour)
        ax.axvline(truth, color=INK, linewidth=1.2, linestyle="--")
        numbers = {"mean": compact(values.mean(), 3, lang), "variance": compact(values.var(), 3, lang)}
        ax.set(title=pick(SPREAD, lang).format(name=name, **numbers), ylabel=pick(DRAWS, lang))
        ax.title.set_size(10)
    axes[-1].set_xlabel(pick(ONE_DRAW, lang))
    return figure


ENCODED = Both(es="la imagen que se codificó", en="the picture that was encoded")


@in_style
def redraws(picture, rows, scales, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """One picture (C, H, W) above what its posterior decodes to, (R, T, C, H, W), a row for each scale of sigma."""
    rows = as_pictures(rows, "rows", ndim=5)
    picture = as_pictures(picture[None], "picture")
    same_length(rows=rows, scales=scales)
    if picture.shape[1:] != rows.shape[2:]:
        raise ValueError(f"picture {picture.shape[1:]} and rows {rows.shape[2:]} differ in shape")
    across = rows.shape[1]
    paper = np.ones((across, *picture.shape[1:]), rows.dtype)
    paper[0] = picture[0]
    sheet = np.concatenate([paper, rows.reshape(-1, *rows.shape[2:])])
    figure = Chart(9, 9)
    ax = figure.subplots()
    names = ["x", *(f"{compact(scale, 3, lang)} σ" for scale in scales)]
    show_sheet(ax, sheet, across, left=names)
    height, width = picture.shape[-2:]
    ax.text(width + 8, height / 2, pick(ENCODED, lang), va="center")
    add_heading(figure, title, lang)
    return fit_figure(figure, [ax], *sheet_size(sheet, across, widest=6.2))


@in_style
def sheets(rows, names, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Rows of pictures (R, T, C, H, W), each with its name above it."""
    rows = as_pictures(rows, "rows", ndim=5)
    same_length(rows=rows, names=names)
    figure = Chart(7.5, 7.5)
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for ax, row, name in zip(axes, rows, as_words(names, lang), strict=True):
        show_sheet(ax, row, len(row))
        ax.set_title(name, size=10)
    add_heading(figure, title, lang)
    return fit_figure(figure, axes, *sheet_size(rows[0], rows.shape[1]))
