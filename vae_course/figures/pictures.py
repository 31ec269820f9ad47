"""Pictures on a sheet: side by side, above their reconstructions, in rows, on walks through the latent space."""

import math
import textwrap

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from ..numbers import compact
from ..text import Both, pick
from .style import (
    ACCENT,
    BESIDE,
    COURSE_LANGUAGE,
    DIVERGING,
    DPI,
    EPOCH,
    ERROR,
    Chart,
    as_array,
    as_words,
    fit_figure,
    in_style,
    lay_out,
    math_symbol,
    same_length,
    words_or_numbers,
)

GAP = 2  # white pixels between two pictures


def as_pictures(values, name: str = "images", ndim: int = 4) -> np.ndarray:
    """Checked pictures: (N, C, H, W), or (R, T, C, H, W) for ndim 5."""
    images = as_array(values)
    if images.ndim != ndim or images.shape[-3] not in (1, 3) or not images.size:
        wanted = "(N, C, H, W)" if ndim == 4 else "(R, T, C, H, W)"
        raise ValueError(f"{name}: expected pictures {wanted} with C 1 or 3, none empty, got shape {images.shape}")
    return images


def as_rgb(images: np.ndarray) -> np.ndarray:
    """Pictures (..., C, H, W) with three channels, grey ones repeated."""
    return np.repeat(images, 3, axis=-3) if images.shape[-3] == 1 else images


def tile(images, columns: int) -> np.ndarray:
    """Pictures side by side, row after row, GAP white pixels between them. (N, C, H, W) -> uint8 (rows, pixels, 3).

    Values beyond [0, 1] are cut, nan is black; a last row that is not full ends in white.
    """
    images = as_rgb(as_pictures(images))
    if columns < 1:
        raise ValueError(f"columns: at least 1, got {columns}")
    n, _, height, width = images.shape
    rows, columns = math.ceil(n / columns), min(columns, n)
    pixels = np.rint(np.clip(np.nan_to_num(images, nan=0.0), 0, 1) * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), 255, np.uint8)
    for k, picture in enumerate(pixels):
        top, left = k // columns * (height + GAP), k % columns * (width + GAP)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def show_sheet(ax, images: np.ndarray, columns: int, *, top=(), left=(), right=()) -> np.ndarray:
    """Draw pictures as one sheet; `top` names its columns, `left` and `right` its rows. Returns the sheet."""
    height, width = images.shape[-2:]
    sheet = tile(images, columns)
    ax.imshow(sheet, interpolation="nearest", aspect="auto")
    ax.spines[:].set_visible(False)
    ax.set_xticks([middle(k, width) for k in range(len(top))], thin_out(top))
    ax.set_yticks([middle(k, height) for k in range(len(left))], left)
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    ax.xaxis.set_label_position("top")
    for k, name in enumerate(right):
        ax.annotate(name, (1, middle(k, height)), (4, 0), BESIDE, "offset points", va="center_baseline")
    return sheet


def middle(k: int, side: int) -> float:
    """Where the middle of a sheet's k-th row or column is, in pixels, for pictures of that side."""
    return k * (side + GAP) + (side - 1) / 2


def thin_out(names, most: int = 13) -> list:
    """At most `most` of the names, evenly spaced from the first, the others empty."""
    step = math.ceil(len(names) / most)
    return [name if k % step == 0 else "" for k, name in enumerate(names)]


def name_columns(ax, names: list[str], width: int, inches: float) -> None:
    """Names above pictures of this width, each in these inches: broken at spaces, in 6 to 10 points."""
    names = [textwrap.fill(name, 10, break_long_words=False) for name in names]
    longest = max((len(line) for name in names for line in name.splitlines()), default=1)
    places = [middle(k, width) for k in range(len(names))]
    ax.set_xticks(places, thin_out(names), size=min(10, max(6, 110 * inches / longest)))


def sheet_size(
    images: np.ndarray, columns: int, *, widest: float = 6.6, tallest: float = 9.0, page: float = math.inf
) -> tuple[float, float]:
    """Inches for a sheet: pictures at most 1.2 wide, whole pixels for each pixel, rounded but never beyond `page`."""
    height, width = images.shape[-2:]
    rows = math.ceil(len(images) / columns)
    inches = min(1.2, widest / columns, tallest / rows * width / height)
    scale = min(round(inches * DPI / width), page * DPI // (columns * (width + GAP)))
    scale = max(1, scale) / DPI
    return scale * (columns * (width + GAP) - GAP), scale * (rows * (height + GAP) - GAP)


ORIGINAL = "original"
RECONSTRUCTED = Both(es="reconstrucción", en="reconstruction")
DIFFERENCE = Both(es="diferencia", en="difference")
SIGNED = Both(es="la reconstrucción es más oscura  ←  →  más clara", en="the reconstruction is darker  ←  →  brighter")
ABSOLUTE = Both(es="diferencia absoluta, media de los canales", en="absolute difference, mean over channels")


@in_style
def reconstructions(images, reconstructed, *, difference=True, labels=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Pictures above their reconstructions and, below, the difference: signed for grey, absolute for colour.

    images, reconstructed: (N, C, H, W); labels: a name for each picture, above it.
    """
    images, reconstructed = as_pictures(images), as_pictures(reconstructed, "reconstructed")
    if images.shape != reconstructed.shape:
        raise ValueError(f"images {images.shape} and reconstructed {reconstructed.shape} differ in shape")
    same_length(images=images, labels=labels)
    rows, names = [as_rgb(images), as_rgb(reconstructed)], [ORIGINAL, RECONSTRUCTED]
    if difference:
        painted, scale, meaning = _difference(images, reconstructed)
        rows, names = [*rows, painted], [*names, DIFFERENCE]
    figure, sheet = Chart(9, 5), np.concatenate(rows)
    ax = figure.subplots()
    size = sheet_size(sheet, len(images))
    show_sheet(ax, sheet, len(images), left=as_words(names, lang))
    name_columns(ax, as_words(labels, lang), images.shape[-1], size[0] / len(images))
    if difference:
        bar = figure.colorbar(
            scale, ax=ax, location="bottom", label=pick(meaning, lang), shrink=0.5, aspect=40, pad=0.02
        )
        bar.ax.xaxis.set_major_locator(MaxNLocator(4))
    return fit_figure(figure, [ax], *size, passes=2 if difference else 1)


def _difference(images: np.ndarray, reconstructed: np.ndarray):
    """The difference painted as RGB pictures, its colour scale and what the colours mean."""
    signed = np.nan_to_num(reconstructed.astype(float) - images)
    grey = images.shape[1] == 1
    values = signed[:, 0] if grey else np.abs(signed).mean(axis=1)
    limit = max(0.1, math.ceil(10 * np.quantile(np.abs(values), 0.995)) / 10)
    scale = ScalarMappable(Normalize(-limit if grey else 0, limit), DIVERGING if grey else ERROR)
    painted = np.asarray(scale.cmap(scale.norm(values)))[..., :3].transpose(0, 3, 1, 2)
    return painted, scale, SIGNED if grey else ABSOLUTE


@in_style
def samples(images, *, columns: int = 8, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """A sheet of pictures (N, C, H, W), row after row."""
    images = as_pictures(images)
    columns = min(columns, len(images))
    figure = Chart(8, 8)
    ax = figure.subplots()
    show_sheet(ax, images, columns)
    ax.set_title(pick(title, lang) or "")
    return fit_figure(figure, [ax], *sheet_size(images, columns))


@in_style
def rows(images, left, *, top=None, right=None, xlabel=None, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Rows of pictures (R, T, C, H, W), as large as the page allows beside their names.

    left, right: R texts; top: T texts or numbers, which `xlabel` explains.
    """
    images = as_pictures(images, "images", ndim=5)
    same_length(rows=images, left=left, right=right)
    same_length(columns=images[0], top=top)
    sheet, columns = images.reshape(-1, *images.shape[2:]), images.shape[1]
    figure = Chart(9, 9)
    ax = figure.subplots()
    show_sheet(ax, sheet, columns, left=as_words(left, lang), right=as_words(right, lang))
    lay_out(figure)
    beside = 9 * (1 - ax.get_position(original=True).width)  # inches that the names take
    size = sheet_size(sheet, columns, page=7.5 - beside)
    name_columns(ax, words_or_numbers(top, lang), images.shape[-1], size[0] / columns)
    ax.set(xlabel=pick(xlabel, lang) or "", title=pick(title, lang) or "")
    return fit_figure(figure, [ax], *size)


@in_style
def history_of_samples(sheets, epochs, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """What one fixed z becomes while training. sheets: uint8 (H, W, 3) each, as from `tile`; epochs: their numbers."""
    sheets = [as_array(sheet) for sheet in sheets]
    same_length(sheets=sheets, epochs=epochs)
    for sheet in sheets:
        if sheet.ndim != 3 or sheet.shape[2] != 3 or sheet.dtype != np.uint8:
            raise ValueError(f"sheets: expected uint8 (H, W, 3), got {sheet.dtype} {sheet.shape}")
    columns = min(len(sheets), 3 if sheets[0].shape[1] < 2 * sheets[0].shape[0] else 2)
    rows = math.ceil(len(sheets) / columns)
    width = 8 / columns
    figure = Chart(8, rows * (width * sheets[0].shape[0] / sheets[0].shape[1] + 0.3))
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    for ax in axes:
        ax.set_axis_off()
    for ax, sheet, epoch in zip(axes, sheets, epochs, strict=False):
        ax.imshow(sheet, interpolation="nearest")
        ax.set_title(f"{pick(EPOCH, lang)} {epoch}")
    return figure


# Walks through the latent space

TRAVERSED = Both(es="valor de la dimensión recorrida", en="value of the dimension that moves")
CROSSFADE = Both(es="mezcla de píxeles", en="pixel crossfade")
DECODED = Both(es="camino en z, decodificado", en="path in z, decoded")


@in_style
def latent_traversal(rows, dims, values, *, kl=None, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """One dimension of z moves in each row, the others stay; a frame marks the column in the middle.

    rows: (R, T, C, H, W); dims: the R dimensions' numbers; values: the T values; kl: each row's nats, shown beside it.
    """
    rows = as_pictures(rows, "rows", ndim=5)
    values = as_array(values)
    same_length(rows=rows, dims=dims, kl=kl)
    same_length(pictures_a_row=rows[0], values=values)
    names = [math_symbol(f"z_{int(dim)}") for dim in dims]
    if kl is not None:
        names = [f"{name}\n{nats:.2f} nats" for name, nats in zip(names, as_array(kl), strict=True)]
    figure, sheet = Chart(9, 9), rows.reshape(-1, *rows.shape[2:])
    ax = figure.subplots()
    show_sheet(ax, sheet, len(values), top=[compact(value, 3, lang) for value in values], left=names)
    _frame_middle(ax, rows)
    ax.set(xlabel=pick(TRAVERSED, lang), title=pick(title, lang) or "")
    return fit_figure(figure, [ax], *sheet_size(sheet, len(values)))


def _frame_middle(ax, rows: np.ndarray) -> None:
    """A frame around the middle column; none when the number of columns is even."""
    count, columns, _, height, width = rows.shape
    if columns % 2:
        left = columns // 2 * (width + GAP) - 0.5
        size = (width, count * (height + GAP) - GAP)
        ax.add_patch(Rectangle((left, -0.5), *size, fill=False, edgecolor=ACCENT, linewidth=2, clip_on=False))
        ax.get_xticklabels()[columns // 2].set(color=ACCENT, fontweight="bold")


@in_style
def interpolation(strips, *, start_labels, end_labels, crossfade=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Films from one picture to another, t from 0 to 1 on top, the ends' names at both sides.

    strips, crossfade: (R, T, C, H, W); crossfade: the same ends mixed pixel by pixel, shown above for comparison.
    """
    strips = as_pictures(strips, "strips", ndim=5)
    parts: list[tuple[np.ndarray, Both | None]] = [(strips, None)]
    if crossfade is not None:
        parts = [(as_pictures(crossfade, "crossfade", ndim=5), CROSSFADE), (strips, DECODED)]
    figure = Chart(9, 9)
    axes = figure.subplots(len(parts), 1, squeeze=False)[:, 0]
    left, right = as_words(start_labels, lang), as_words(end_labels, lang)
    same_length(strips=strips, start_labels=left, end_labels=right)
    for ax, (part, name) in zip(axes, parts, strict=True):
        if part.shape != strips.shape:
            raise ValueError(f"crossfade {part.shape} and strips {strips.shape} differ in shape")
        sheet = part.reshape(-1, *part.shape[2:])
        times = [f"{t:.2g}" for t in np.linspace(0, 1, part.shape[1])]
        times = ["t = 0", *times[1:]] if ax is axes[0] else []
        show_sheet(ax, sheet, part.shape[1], top=times, left=left, right=right)
        ax.set_title(pick(name, lang) or "")
    return fit_figure(figure, axes, *sheet_size(sheet, strips.shape[1], tallest=9 / len(axes)))


@in_style
def latent_grid(
    images, steps: int, limit: float = 2.0, *, axes=("z_0", "z_1"), title=None, lang: str = COURSE_LANGUAGE
) -> Figure:
    """The decoded plane: (steps * steps, C, H, W), read like a page from (-limit, limit) to (limit, -limit)."""
    images = as_pictures(images)
    if len(images) != steps * steps:
        raise ValueError(f"images: expected steps * steps = {steps * steps} pictures, got {len(images)}")
    figure = Chart(8, 8)
    ax = figure.subplots()
    show_sheet(ax, images, steps)
    values = np.linspace(-limit, limit, min(steps, 5))
    height, width = images.shape[-2:]
    span = (steps - 1) / (2 * limit)
    names = [compact(value, 3, lang) for value in values]
    ax.set_xticks([middle((value + limit) * span, width) for value in values], names)
    ax.set_yticks([middle((limit - value) * span, height) for value in values], names)
    ax.tick_params(length=3, bottom=True, labelbottom=True, labeltop=False)
    ax.xaxis.set_label_position("bottom")
    ax.set(xlabel=math_symbol(axes[0]), ylabel=math_symbol(axes[1]), title=pick(title, lang) or "")
    return fit_figure(figure, [ax], *sheet_size(images, steps))
