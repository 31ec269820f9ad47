"""Maps of codes: points in the plane, coloured by class or by an attribute."""

import math

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from ..numbers import percent
from ..text import Both, pick
from .style import (
    COURSE_LANGUAGE,
    INK,
    PALETTE,
    RECONSTRUCTION,
    REST,
    SEQUENTIAL,
    Chart,
    add_heading,
    as_array,
    as_words,
    in_style,
    math_symbol,
    same_length,
)

OTHERS = Both(es="otras", en="others")
YES, NO = Both(es="sí", en="yes"), Both(es="no", en="no")
PRIOR = Both(es="prior: 1σ y 2σ", en="prior: 1σ and 2σ")


@in_style
def latent_space(
    points,
    labels=None,
    *,
    classes=(),
    axes=("z_0", "z_1"),
    title=None,
    values=None,
    values_label=None,
    variance=None,
    prior: bool = False,
    lang: str = COURSE_LANGUAGE,
) -> Figure:
    """A map of codes (N, 2), coloured by class or by an attribute.

    labels: (N,) whole numbers, named by `classes`; values: (N,) bool or float, named by `values_label`; axes: names
    such as "z_0" or "PC 1"; variance: each axis's share, in [0, 1]; prior: circles at 1 and 2 standard deviations.
    """
    points = as_points(points, labels, values, columns=2)
    figure = Chart(7.5, 5.6)
    ax = figure.subplots()
    colours, groups, scale = point_colours(len(points), labels, classes, values, lang)
    scatter(ax, points, colours)
    names = [math_symbol(pick(name, lang)) for name in axes]
    if variance is not None:
        names = [f"{name} ({percent(share, lang)})" for name, share in zip(names, as_array(variance), strict=True)]
    ax.set(xlabel=names[0], ylabel=names[1], title=pick(title, lang) or "")
    ax.set_aspect("equal", adjustable="datalim")
    circles = prior_circles(ax, pick(PRIOR, lang)) if prior else []
    add_key(figure, ax, groups, scale, pick(values_label, lang), circles)
    return figure


@in_style
def latent_pairs(
    z, labels=None, *, classes=(), dims=None, values=None, values_label=None, title=None, lang: str = COURSE_LANGUAGE
) -> Figure:
    """Codes z (N, D) in each plane of two dimensions. dims: 2 to 5 of them, by default the 4 whose mean varies most."""
    z = as_points(z, labels, values)
    dims = sorted(np.argsort(-z.var(axis=0), kind="stable")[:4]) if dims is None else [int(dim) for dim in dims]
    if not 2 <= len(dims) <= 5 or not all(0 <= dim < z.shape[1] for dim in dims):
        raise ValueError(f"dims: expected 2 to 5 numbers in 0..{z.shape[1] - 1}, got {dims}")
    pairs = [(a, b) for k, a in enumerate(dims) for b in dims[k + 1 :]]
    columns = min(len(pairs), 3)
    rows = math.ceil(len(pairs) / columns)
    side = 2.5 if columns == 3 else 4
    figure = Chart(side * columns + 1.4, side * rows)
    panels = figure.subplots(rows, columns, squeeze=False)
    colours, groups, scale = point_colours(len(z), labels, classes, values, lang)
    for ax in panels.flat[len(pairs) :]:
        ax.set_axis_off()
    for ax, (a, b) in zip(panels.flat, pairs, strict=False):
        scatter(ax, z[:, [a, b]], colours)
        ax.set(xlabel=math_symbol(f"z_{a}"), ylabel=math_symbol(f"z_{b}"))
    add_heading(figure, title, lang)
    add_key(figure, panels, groups, scale, pick(values_label, lang))
    return figure


def as_points(values, labels, attribute, columns: int | None = None) -> np.ndarray:
    points = as_array(values).astype(float)
    if points.ndim != 2 or not len(points) or points.shape[1] < 2 or columns not in (None, points.shape[1]):
        raise ValueError(f"points: expected shape (N, {columns or 'D'}), got {points.shape}")
    if labels is not None and attribute is not None:
        raise ValueError("points are coloured by labels or by values, not by both")
    same_length(points=points, labels=labels, values=attribute)
    return points


def point_colours(n: int, labels, classes, values, lang: str):
    """Each point's colour (n, 4), the groups [(name, colour)] of a legend and, for numbers, a colour bar's scale."""
    if values is None and labels is None:
        return np.tile(to_rgba(RECONSTRUCTION), (n, 1)), [], None
    values = None if values is None else as_array(values)
    if values is not None and values.dtype != bool:
        scale = ScalarMappable(Normalize(np.nanmin(values), np.nanmax(values)), SEQUENTIAL)
        return scale.to_rgba(values.astype(float)), [], scale
    if values is not None:
        labels, classes = values.astype(int), (NO, YES)
    return *class_colours(as_array(labels).astype(int), as_words(classes, lang), pick(OTHERS, lang)), None


def class_colours(labels: np.ndarray, names: list[str], others: str):
    """Colours and groups by class; beyond the palette's length the rarest classes share one light grey."""
    kinds, counts = np.unique(labels, return_counts=True)
    shown = sorted(kinds[np.argsort(-counts, kind="stable")][: len(PALETTE)])
    colours = np.tile(to_rgba(REST), (len(labels), 1))
    groups = []
    for kind, colour in zip(shown, PALETTE, strict=False):
        colours[labels == kind] = to_rgba(colour)
        groups.append((names[kind] if 0 <= kind < len(names) else str(kind), colour))
    return colours, [*groups, (others, REST)] if len(kinds) > len(shown) else groups


def scatter(ax, points: np.ndarray, colours: np.ndarray) -> None:
    """Points in a shuffled order, so that no class hides the others."""
    order = np.random.default_rng(0).permutation(len(points))
    size, alpha = np.clip(12000 / len(points), 5, 30), np.clip(60 / math.sqrt(len(points)), 0.5, 0.9)
    ax.scatter(*points[order].T, c=colours[order], s=size, alpha=alpha, linewidths=0, rasterized=True)
    ax.grid()


def prior_circles(ax, name: str) -> list:
    for radius in (1, 2):
        ax.add_patch(Circle((0, 0), radius, fill=False, edgecolor=INK, linewidth=1.2, linestyle="--"))
    return [Line2D([], [], color=INK, linewidth=1.2, linestyle="--", label=name)]


def add_key(figure: Figure, ax, groups, scale, name: str | None, handles=()) -> None:
    """At the right: the classes' colours, or the bar of a continuous value."""
    dots = [
        Line2D([], [], marker="o", linestyle="", color=colour, markersize=7, label=label) for label, colour in groups
    ]
    handles = [*dots, *handles]
    if scale is not None:
        figure.colorbar(scale, ax=ax, label=name or "", shrink=0.8)
    if handles:
        figure.legend(handles=handles, loc="outside right upper", title=name, alignment="left")
