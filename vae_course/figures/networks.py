"""Figures of lesson 02: the hourglass, what its convolutions see, holes between codes, hints put to the test."""

import math
from itertools import pairwise

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..numbers import whole
from ..text import Both, pick
from .maps import as_points, class_colours, scatter
from .pictures import as_pictures, as_rgb, show_sheet
from .style import (
    ACCENT,
    COURSE_LANGUAGE,
    GREY,
    GROUPS,
    INK,
    LIGHT,
    PALETTE,
    RECONSTRUCTION,
    Chart,
    add_heading,
    as_array,
    as_words,
    in_style,
    math_symbol,
    same_length,
)

NUMBERS = Both(es="números:", en="numbers:")
CODE = Both(es="código", en="code")
PLACES = Both(es="lugares que se decodifican", en="places that are decoded")
PER_IMAGE = Both(es="error por imagen no vista (suma de cuadrados)", en="error per held-back picture (sum of squares)")
SECONDS = Both(es="{s} s", en="{s} s")
AFTER = Both(es="tras {n} pasos", en="after {n} steps")


@in_style
def hourglass(shapes, latent_dim: int, *, image=None, reconstruction=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Encoder and decoder as an hourglass. shapes: (C, H, W) from the picture to the last feature map; mirrored.

    A box is as high as its maps and wider the more there are; below each, how many numbers it holds. image and
    reconstruction, (C, H, W) each, are drawn in the outer boxes.
    """
    shapes = [tuple(int(number) for number in shape) for shape in shapes]
    if not shapes or any(len(shape) != 3 or min(shape) < 1 for shape in shapes):
        raise ValueError(f"shapes: expected (C, H, W) each, got {shapes}")
    boxes = [*shapes, (latent_dim,), *shapes[::-1]]
    edges, gap = [0.0], 0.22
    for shape in boxes:
        edges.append(edges[-1] + _box_size(shape, shapes[0])[1] + gap)
    figure = Chart(7.5, 7.5 * 1.65 / (edges[-1] + 0.5))
    ax = figure.subplots()
    ax.set(xlim=(-0.5, edges[-1] - gap + 0.05), ylim=(-0.8, 0.85), aspect="equal")
    middles = []
    for k, (shape, edge) in enumerate(zip(boxes, edges[:-1], strict=True)):
        height, width = _box_size(shape, shapes[0])
        colour = ACCENT if len(shape) == 1 else PALETTE[0] if k < len(shapes) else PALETTE[2]
        ax.add_patch(Rectangle((edge, -height / 2), width, height, facecolor=colour, alpha=0.85, edgecolor="white"))
        _label_box(ax, edge + width / 2, height / 2, shape, pick(CODE, lang))
        middles.append((edge + width / 2, edge, edge + width, height))
    for picture, (_, left, right, height) in ((image, middles[0]), (reconstruction, middles[-1])):
        if picture is not None:
            pixels = as_rgb(as_pictures(as_array(picture)[None]))[0].transpose(1, 2, 0)
            ax.imshow(pixels, extent=(left, right, -height / 2, height / 2), interpolation="nearest", zorder=3)
    for one, two in pairwise(middles):
        ax.annotate("", (two[1] - 0.02, 0), (one[2] + 0.02, 0), arrowprops={"arrowstyle": "->", "color": GREY})
    ax.text(-0.08, -0.62, pick(NUMBERS, lang), ha="right", va="top", size=8, color=GREY)
    ax.set_axis_off()
    return figure


def _box_size(shape: tuple[int, ...], picture: tuple[int, ...]) -> tuple[float, float]:
    """Height and width; the picture's is 1 by W / H."""
    if len(shape) == 1:
        return 0.1 + 0.03 * math.log2(shape[0] + 1), 0.12
    if shape == picture:
        return 1.0, shape[2] / shape[1]
    return shape[1] / picture[1], 0.05 * (1 + math.log2(shape[0]))


def _label_box(ax, x: float, top: float, shape: tuple[int, ...], code: str) -> None:
    words = f"{code}\n{shape[0]}" if len(shape) == 1 else f"{shape[0]} ×\n{shape[1]} × {shape[2]}"
    ax.text(x, top + 0.03, words, ha="center", va="bottom", size=8)
    ax.text(x, -0.62, whole(math.prod(shape), GROUPS), ha="center", va="top", size=8, color=GREY)


@in_style
def feature_maps(image, stages, *, columns: int = 7, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """A picture (C, H, W) and, row by row, the first maps of each stage (C', H', W'), each from its lowest to highest.

    All are drawn equally large, so that the pixels grow as the maps shrink.
    """
    picture = as_pictures(as_array(image)[None], "image")
    stages = [as_array(stage).astype(float) for stage in stages]
    if not stages or any(stage.ndim != 3 for stage in stages):
        raise ValueError(f"stages: expected (C, H, W) each, got {[stage.shape for stage in stages]}")
    figure = Chart(7.5, 1.05 * (len(stages) + 1))
    axes = figure.subplots(len(stages) + 1, columns)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    for row, maps in zip(axes, [picture[0][:1], *stages], strict=True):
        row[0].set_ylabel(
            "×".join(map(str, picture.shape[1:] if row is axes[0] else maps.shape)), rotation=0, ha="right"
        )
        for ax, values in zip(row, maps, strict=False):
            ax.imshow(values, cmap="gray", interpolation="nearest")
    axes[0][0].images[0].set_data(as_rgb(picture)[0].transpose(1, 2, 0))
    add_heading(figure, title, lang)
    return figure


@in_style
def holes(codes, labels, *, classes, places, decoded, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """A map of codes (N, 2) with lettered places (M, 2), and below it what the decoder makes of them, (M, C, H, W)."""
    codes, places = as_points(codes, labels, None, columns=2), as_points(places, None, None, columns=2)
    decoded = as_pictures(decoded, "decoded")
    same_length(places=places, decoded=decoded)
    figure = Chart(7.5, 6.6)
    top, bottom = figure.subplots(2, 1, height_ratios=(4.4, 1))
    colours, groups = class_colours(as_array(labels).astype(int), as_words(classes, lang), "")
    scatter(top, codes, colours)
    letters = [chr(ord("A") + k) for k in range(len(places))]
    for letter, (x, y) in zip(letters, places, strict=True):
        style = {"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": INK}
        top.text(x, y, letter, ha="center", va="center", size=9, fontweight="bold", bbox=style, zorder=4)
    top.set(xlabel=math_symbol("z_0"), ylabel=math_symbol("z_1"), title=pick(title, lang) or "")
    top.set_aspect("equal", adjustable="datalim")
    dots = [Line2D([], [], marker="o", linestyle="", color=colour, label=name) for name, colour in groups]
    dots.append(Line2D([], [], marker="$A$", linestyle="", color=INK, label=pick(PLACES, lang)))
    top.legend(handles=dots, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, fontsize=9)
    show_sheet(bottom, decoded, len(decoded), top=letters)
    bottom.set_aspect("equal")
    return figure


@in_style
def contest(names, early, late, seconds, *, steps, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Variants as bars: mean error after few steps (pale) and after all (a dot for each seed), seconds beside.

    early, late: (V, S), a column for each seed; steps: the two numbers of steps. The first variant is the yardstick;
    the band is its own spread between seeds: what ends inside it may be luck.
    """
    early, late, names = as_array(early).astype(float), as_array(late).astype(float), as_words(names, lang)
    if late.ndim != 2 or not late.size or early.shape != late.shape:
        raise ValueError(f"early, late: expected shape (variants, seeds), got {early.shape} and {late.shape}")
    same_length(names=names, late=late, seconds=seconds)
    figure = Chart(7.5, 1.2 + 0.36 * len(names))
    ax = figure.subplots()
    ax.axvspan(late[0].min(), late[0].max(), color=LIGHT, zorder=0)
    places, last = np.arange(len(names)), [GREY] + [RECONSTRUCTION] * (len(names) - 1)
    ax.barh(places, early.mean(axis=1), color=[to_rgba(colour, 0.3) for colour in last], height=0.6)
    ax.barh(places, late.mean(axis=1), color=last, height=0.6)
    for k, (values, time) in enumerate(zip(late, seconds, strict=True)):
        ax.plot(values, [k] * len(values), "o", color="white", markeredgecolor=INK, markersize=5)
        end = max(early[k].mean(), values.max())
        ax.annotate(f"{values.mean():.1f}", (end, k), (7, 0), textcoords="offset points", va="center", size=9)
        note = pick(SECONDS, lang).format(s=f"{time:.1f}")
        ax.annotate(note, (end, k), (35, 0), textcoords="offset points", va="center", size=9, color=GREY)
    ax.set_yticks(places, names)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.set(xlabel=pick(PER_IMAGE, lang), title=pick(title, lang) or "", xlim=(0, 1.2 * max(early.max(), late.max())))
    ax.legend(handles=_contest_key(steps, lang), loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    return figure


def _contest_key(steps, lang: str) -> list:
    colours = to_rgba(RECONSTRUCTION, 0.3), RECONSTRUCTION
    words = [pick(AFTER, lang).format(n=n) for n in steps]
    return [Rectangle((0, 0), 1, 1, facecolor=colour, label=name) for colour, name in zip(colours, words, strict=True)]


@in_style
def overlaps(counts, names, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """How often each output pixel is written to: whole numbers (H, W) each, darker where fewer."""
    counts, names = [as_array(count) for count in counts], as_words(names, lang)
    same_length(counts=counts, names=names)
    if any(count.ndim != 2 for count in counts):
        raise ValueError(f"counts: expected shape (H, W) each, got {[count.shape for count in counts]}")
    figure = Chart(7.5, 7.5 / len(counts) + 0.3)
    for ax, count, name in zip(figure.subplots(1, len(counts), squeeze=False)[0], counts, names, strict=True):
        ax.imshow(count / count.max(), cmap="gray", vmin=-0.1, vmax=1.15)
        for (row, column), number in np.ndenumerate(count):
            ink = "white" if number < 0.6 * count.max() else INK
            ax.text(column, row, f"{number:.0f}", ha="center", va="center", size=8, color=ink)
        ax.spines[:].set_visible(False)
        ax.set(xticks=[], yticks=[])
        ax.set_title(name, size=10)
    add_heading(figure, title, lang)
    return figure
