"""The figures of lesson 06: lengths of codes, the line and the arc, a path on a map."""

import math

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from ..text import Both, pick
from .maps import add_key, as_points, point_colours, scatter
from .pictures import as_pictures, show_sheet
from .style import ACCENT, COURSE_LANGUAGE, GREY, INK, PALETTE, Chart, as_array, in_style, math_symbol, same_length

LENGTH = Both(es="longitud de z", en="length of z")
CENTRE = Both(es="origen", en="origin")
SHELL = Both(es="longitud típica del prior", en="typical length of the prior")
LINE, ARC = Both(es="recta (lerp)", en="line (lerp)"), Both(es="arco (slerp)", en="arc (slerp)")
COLOURS = (PALETTE[0], ACCENT, PALETTE[2], PALETTE[1])


@in_style
def norms(panels, *, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """Histograms of lengths, one panel each: panels [(name, {group: lengths (N,)})]; each group's mean is written."""
    if not panels:
        raise ValueError("panels: none to draw")
    figure = Chart(7.5, 3.0)
    for ax, (name, groups) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        groups = {pick(group, lang): _lengths(values) for group, values in groups.items()}
        top = max(values.max() for values in groups.values())
        bins = np.linspace(0, 1.05 * top, 61)
        for (group, values), colour in zip(groups.items(), COLOURS, strict=False):
            label = f"{group}: {values.mean():.1f}"
            ax.hist(values, bins, density=True, histtype="stepfilled", alpha=0.55, color=colour, label=label)
            ax.axvline(values.mean(), ymax=0.66, color=colour, linewidth=1.4)
        ax.set(title=pick(name, lang), xlabel=pick(LENGTH, lang), yticks=[], xlim=(0, 1.05 * top))
        ax.set_ylim(top=1.5 * ax.get_ylim()[1])
        ax.legend(loc="upper left", fontsize=8, borderaxespad=0.1)
        ax.spines["left"].set_visible(False)
    figure.suptitle(pick(title, lang), x=0.01, ha="left") if title is not None else None
    return figure


def _lengths(values) -> np.ndarray:
    values = as_array(values).astype(float)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"lengths: expected shape (N,), got {values.shape}")
    return values


@in_style
def line_and_arc(line, arc, *, radius: float | None = None, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """Two paths (T, D) with the same ends, in the plane that the ends span with the origin; at the right their lengths.

    radius: a circle for the prior's typical length, by default sqrt(D).
    """
    line, arc = as_array(line).astype(float), as_array(arc).astype(float)
    if line.ndim != 2 or line.shape != arc.shape or len(line) < 2 or line.shape[1] < 2:
        raise ValueError(f"line and arc: expected both (T, D), T and D at least 2, got {line.shape} and {arc.shape}")
    radius = math.sqrt(line.shape[1]) if radius is None else radius
    axes = np.linalg.qr(line[[0, -1]].T)[0]
    axes = axes * np.sign((line[[0, -1]] @ axes).sum(axis=0))  # both ends towards the upper right
    figure = Chart(7.5, 3.6)
    plane, lengths = figure.subplots(1, 2)
    plane.add_patch(Circle((0, 0), radius, fill=False, edgecolor=GREY, linestyle="--", linewidth=1.2))
    plane.plot(0, 0, "+", color=INK, markersize=10)
    plane.annotate(pick(CENTRE, lang), (0, 0), (6, 6), textcoords="offset points", size=8)
    t = np.linspace(0, 1, len(line))
    for path, name, colour in ((line, LINE, ACCENT), (arc, ARC, PALETTE[0])):
        plane.plot(*(path @ axes).T, "-o", color=colour, markersize=5, label=pick(name, lang))
        lengths.plot(t, np.linalg.norm(path, axis=1), "-o", color=colour, markersize=5)
    for k, symbol in ((0, "$z_0$"), (-1, "$z_1$")):
        plane.annotate(symbol, line[k] @ axes, (6, 6), textcoords="offset points", size=12)
    lengths.axhline(radius, color=GREY, linestyle="--", linewidth=1.2)
    lengths.set(xlabel="t", title=pick(LENGTH, lang), ylim=(0, 1.25 * max(radius, np.linalg.norm(line, axis=1).max())))
    lengths.grid(axis="y")
    plane.set_aspect("equal")
    plane.set(xticks=[], yticks=[], title=pick(title, lang) or "")
    plane.spines[:].set_visible(False)
    handles = [*plane.lines[1:], Line2D([], [], color=GREY, linestyle="--", linewidth=1.2, label=pick(SHELL, lang))]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


@in_style
def path_on_map(
    points, labels, path, images, *, classes=(), axes=("z_0", "z_1"), title=None, lang: str = COURSE_LANGUAGE
) -> Chart:
    """A path (T, 2) over a map of codes (N, 2), and above it the picture that each of its points decodes to.

    images: (T, C, H, W)
    """
    points, path, images = as_points(points, labels, None, columns=2), as_array(path).astype(float), as_pictures(images)
    if path.ndim != 2 or path.shape[1] != 2:
        raise ValueError(f"path: expected shape (T, 2), got {path.shape}")
    same_length(path=path, images=images)
    figure = Chart(7.5, 6.2)
    film, ax = figure.subplots(2, 1, height_ratios=(1, 6))
    show_sheet(film, images, len(images), top=[str(k) for k in range(len(images))])
    film.set_aspect("equal")
    film.set_title(pick(title, lang) or "")
    colours, groups, _ = point_colours(len(points), labels, classes, None, lang)
    scatter(ax, points, colours)
    ax.plot(*path.T, "-", color=INK, linewidth=1.5)
    for k, (x, y) in enumerate(path):
        ax.plot(x, y, "o", color="white", markeredgecolor=INK, markersize=11)
        ax.annotate(str(k), (x, y), ha="center", va="center", size=7)
    ax.set(xlabel=math_symbol(pick(axes[0], lang)), ylabel=math_symbol(pick(axes[1], lang)))
    ax.set_aspect("equal", adjustable="datalim")
    add_key(figure, [film, ax], groups, None, None)
    return figure
