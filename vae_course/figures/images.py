"""Figures of lesson 01: what a picture is made of, prices and shares as bars."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from ..numbers import percent as written_percent
from ..text import Both, pick
from .pictures import GAP, as_pictures, samples, sheet_size, show_sheet
from .style import (
    ACCENT,
    COURSE_LANGUAGE,
    INK,
    PALETTE,
    Chart,
    as_array,
    as_words,
    fit_figure,
    in_style,
    number_text,
    same_length,
)

CHANNELS = (
    (Both(es="rojo", en="red"), "#B3261E"),
    (Both(es="verde", en="green"), "#1B6E3C"),
    (Both(es="azul", en="blue"), "#1F4FA3"),
)
COMPONENTS = Both(es="números por imagen (componentes)", en="numbers per picture (components)")
PSNR = Both(es="fidelidad (dB)", en="fidelity (dB)")


def _bytes(images, ndim: int) -> np.ndarray:
    """Checked pictures as they are stored: uint8, channels last."""
    images = as_array(images)
    if images.ndim != ndim or images.dtype != np.uint8 or images.shape[-1] != 3:
        wanted = "(N, H, W, 3)" if ndim == 4 else "(H, W, 3)"
        raise ValueError(f"images: expected uint8 {wanted}, got {images.dtype} {images.shape}")
    return images


def stored(images, *, columns: int = 8, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """A sheet of pictures as they are stored, uint8 (N, H, W, 3)."""
    return samples(np.moveaxis(_bytes(images, 4), 3, 1) / 255, columns=columns, title=title, lang=lang)


@in_style
def pixels(image, top: int, left: int, *, size: int = 6, lang: str = COURSE_LANGUAGE) -> Figure:
    """A stored picture, uint8 (H, W, 3), and the bytes of a size x size patch of it, channel by channel."""
    image = _bytes(image, 3)
    patch = image[top : top + size, left : left + size]
    if patch.shape != (size, size, 3) or min(top, left) < 0:
        raise ValueError(f"a patch of {size} at ({top}, {left}) leaves the picture {image.shape}")
    figure = Chart(7.5, 2.3)
    whole, *planes = figure.subplots(1, 4)
    for ax in (whole, *planes):
        ax.set(xticks=[], yticks=[])
    whole.imshow(image, interpolation="nearest")
    whole.add_patch(Rectangle((left - 0.5, top - 0.5), size, size, fill=False, edgecolor=ACCENT, linewidth=2))
    whole.set_title(" x ".join(map(str, image.shape)))
    for k, (ax, (name, colour)) in enumerate(zip(planes, CHANNELS, strict=True)):
        ax.imshow(patch[..., k], cmap="gray", vmin=0, vmax=255)
        ax.set_title(pick(name, lang), color=colour)
        for (row, column), byte in np.ndenumerate(patch[..., k]):
            ink = "white" if byte < 128 else INK
            ax.text(column, row, str(byte), ha="center", va="center", size=8, color=ink)
    return figure


@in_style
def framed(images, size: int, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """A row of pictures (N, C, H, W), each with its central square of that size outlined."""
    images = as_pictures(images)
    height, width = images.shape[-2:]
    if size > min(height, width):
        raise ValueError(f"a square of {size} doesn't fit into {height} x {width}")
    figure = Chart(8, 8)
    ax = figure.subplots()
    show_sheet(ax, images, len(images))
    for k in range(len(images)):
        corner = k * (width + GAP) + (width - size) // 2 - 0.5, (height - size) // 2 - 0.5
        ax.add_patch(Rectangle(corner, size, size, fill=False, edgecolor=ACCENT, linewidth=2))
    ax.set_title(pick(title, lang) or "")
    return fit_figure(figure, [ax], *sheet_size(images, len(images)))


@in_style
def bars(values, names, *, unit=None, percent: bool = False, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Named bars from 0, their values written out: numbers, or shares in [0, 1] as percentages."""
    values, names = as_array(values).astype(float), as_words(names, lang)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"values: expected shape (N,), got {values.shape}")
    same_length(values=values, names=names)
    figure = Chart(7, 0.75 + 0.33 * len(values))
    ax = figure.subplots()
    ax.barh(names, values, color=PALETTE[0], height=0.65)
    for k, value in enumerate(values):
        words = written_percent(value, lang) if percent else number_text(value)
        ax.annotate(words, (value, k), (5, 0), textcoords="offset points", va="center")
    ax.invert_yaxis()
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(length=0)
    ax.set(xticks=[], xlabel=pick(unit, lang) or "", title=pick(title, lang) or "")
    ax.set_xlim(0, 1.18 * values.max())
    return figure


@in_style
def fidelity(counts, curves, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Decibels by the number of components, on a logarithmic axis. counts: (T,); curves: [(decibels (T,), name)]."""
    counts = as_array(counts)
    figure = Chart(6.8, 3.5)
    ax = figure.subplots()
    for k, (decibels, name) in enumerate(curves):
        values = as_array(decibels)
        same_length(counts=counts, decibels=values)
        ax.plot(counts, values, "-o", color=PALETTE[k], markersize=5, label=pick(name, lang))
        ax.annotate(f"{values[-1]:.1f}", (counts[-1], values[-1]), (7, 0), textcoords="offset points", va="center",
                    color=PALETTE[k])  # fmt: skip
    ax.set_xscale("log", base=2)
    ax.xaxis.set_minor_locator(NullLocator())
    ticks = [int(2**power) for power in range(12) if counts.min() <= 2**power <= counts.max()]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.set(xlabel=pick(COMPONENTS, lang), ylabel=pick(PSNR, lang), title=pick(title, lang) or "")
    ax.grid()
    if len(curves) > 1:
        ax.legend(loc="upper left")
    return figure
