"""Every figure of the course: arrays or tensors in, a matplotlib `Figure` out, for a printed page and a projector.

Pictures are (N, C, H, W) with C 1 (shown in grey) or 3 (RGB), floats in [0, 1]. `lang` is "es" or "en", by default the
course's language. Dimensions of z are numbered as in code, from 0: "z_17" is z[:, 17].
"""

import functools
import io
import math
import os
import textwrap
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import MaxNLocator

from ..text import Both, default_language, pick

# Okabe and Ito's colours and some of Tol's: colour-blind readers tell them apart too
PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9",
    "#332288", "#7A4A21", "#999999", "#882255", "#44AA99", "#C9B800",
)  # fmt: skip
INK, GREY, LIGHT, REST = "#222222", "#6B6B6B", "#E3E3E3", "#C4C4C4"
TOTAL, RECONSTRUCTION, KL = INK, PALETTE[0], PALETTE[3]
ACCENT = PALETTE[3]
SEQUENTIAL, DIVERGING, ERROR = "viridis", "RdBu_r", "magma_r"
DPI = 200
GAP = 2  # white pixels between two pictures
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": LIGHT,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.handletextpad": 0.4,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "figure.constrained_layout.h_pad": 0.07,
    "figure.constrained_layout.w_pad": 0.07,
    "figure.constrained_layout.hspace": 0,
    "figure.constrained_layout.wspace": 0,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "vae_course",
}


class Chart(Figure):
    """A Figure that a notebook shows by itself, without pyplot."""

    def __init__(self, width: float, height: float):
        super().__init__(figsize=(width, height), dpi=DPI, layout="constrained")

    def _repr_png_(self) -> tuple[bytes, dict]:
        width, height = self.get_size_inches()
        return _encode(self, "png", DPI), {"width": round(96 * width), "height": round(96 * height)}


def _in_style(draw):
    """Let a function draw in the course's style, its language settled; matplotlib's own settings stay as they are.

    The layout is made once and kept: made anew at each saving, it would differ by a pixel.
    """

    @functools.wraps(draw)
    def styled(*args, lang: str | None = None, **kwargs) -> Figure:
        with matplotlib.rc_context(STYLE):
            figure = draw(*args, lang=default_language() if lang is None else lang, **kwargs)
            figure.get_layout_engine().execute(figure)
            figure.set_layout_engine("none")
            return figure

    return styled


def save(figure: Figure, path: str | os.PathLike, dpi: int = DPI) -> Path:
    """Write a figure as .png, .svg or .pdf (by its suffix): whole or not at all, the same bytes each time."""
    path = Path(path)
    content = _encode(figure, path.suffix.lstrip(".").lower(), dpi)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
    return path


def _encode(figure: Figure, kind: str, dpi: int) -> bytes:
    nameless = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    if kind not in nameless:
        raise ValueError(f"figures are saved as .png, .svg or .pdf, not as {kind or 'a file without suffix'}")
    file = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(file, format=kind, dpi=dpi, metadata=nameless[kind])
    return file.getvalue()


def _array(values) -> np.ndarray:
    """Arrays, lists and tensors (on any device, with gradients or not) as an array."""
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def _images(values, name: str = "images", ndim: int = 4) -> np.ndarray:
    """Checked pictures: (N, C, H, W), or (R, T, C, H, W) for ndim 5."""
    images = _array(values)
    if images.ndim != ndim or images.shape[-3] not in (1, 3) or not images.size:
        wanted = "(N, C, H, W)" if ndim == 4 else "(R, T, C, H, W)"
        raise ValueError(f"{name}: expected pictures {wanted} with C 1 or 3, none empty, got shape {images.shape}")
    return images


def _same_length(**sequences) -> None:
    lengths = {name: len(values) for name, values in sequences.items() if values is not None}
    if len(set(lengths.values())) > 1:
        raise ValueError("as many of each are needed: " + ", ".join(f"{n} {name}" for name, n in lengths.items()))


def _rgb(images: np.ndarray) -> np.ndarray:
    return np.repeat(images, 3, axis=-3) if images.shape[-3] == 1 else images


def tile(images, columns: int) -> np.ndarray:
    """Pictures side by side, row after row, GAP white pixels between them. (N, C, H, W) -> uint8 (rows, pixels, 3).

    Values beyond [0, 1] are cut, nan is black; a last row that is not full ends in white.
    """
    images = _rgb(_images(images))
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


def _show(ax, images: np.ndarray, columns: int, *, top=(), left=(), right=()) -> np.ndarray:
    """Draw pictures as one sheet; `top` names its columns, `left` and `right` its rows. Returns the sheet."""
    height, width = images.shape[-2:]
    sheet = tile(images, columns)
    ax.imshow(sheet, interpolation="nearest", aspect="auto")
    ax.spines[:].set_visible(False)
    ax.set_xticks([_middle(k, width) for k in range(len(top))], _thin(top))
    ax.set_yticks([_middle(k, height) for k in range(len(left))], left)
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    ax.xaxis.set_label_position("top")
    for k, name in enumerate(right):
        ax.annotate(name, (1, _middle(k, height)), (4, 0), BESIDE, "offset points", va="center_baseline")
    return sheet


def _middle(k: int, side: int) -> float:
    return k * (side + GAP) + (side - 1) / 2


def _thin(names, most: int = 13) -> list:
    """At most `most` of the names, evenly spaced from the first, the others empty."""
    step = math.ceil(len(names) / most)
    return [name if k % step == 0 else "" for k, name in enumerate(names)]


def _name_columns(ax, names: list[str], width: int, inches: float) -> None:
    """Names above pictures of this width, each in these inches: broken at spaces, in 6 to 10 points."""
    names = [textwrap.fill(name, 10, break_long_words=False) for name in names]
    longest = max((len(line) for name in names for line in name.splitlines()), default=1)
    places = [_middle(k, width) for k in range(len(names))]
    ax.set_xticks(places, _thin(names), size=min(10, max(6, 110 * inches / longest)))


def _sheet_size(
    images: np.ndarray, columns: int, *, widest: float = 6.6, tallest: float = 9.0, page: float = math.inf
) -> tuple[float, float]:
    """Inches for a sheet: pictures at most 1.2 wide, whole pixels for each pixel, rounded but never beyond `page`."""
    height, width = images.shape[-2:]
    rows = math.ceil(len(images) / columns)
    inches = min(1.2, widest / columns, tallest / rows * width / height)
    scale = min(round(inches * DPI / width), page * DPI // (columns * (width + GAP)))
    scale = max(1, scale) / DPI
    return scale * (columns * (width + GAP) - GAP), scale * (rows * (height + GAP) - GAP)


def _fit(figure: Figure, axes, width: float, height: float, *, passes: int = 1) -> Figure:
    """Resize the figure until each of the axes, one above the other, has these inches; labels keep their room."""
    for _ in range(passes):
        figure.get_layout_engine().execute(figure)
        boxes = [ax.get_position(original=True) for ax in axes]
        across, down = figure.get_size_inches()
        margins = across * (1 - boxes[0].width), down * (1 - sum(box.height for box in boxes))
        figure.set_size_inches(margins[0] + width, margins[1] + len(boxes) * height)
    return figure


def _words(texts, lang: str) -> list[str]:
    return [str(pick(text, lang)) for text in (() if texts is None else texts)]


def _words_or_numbers(values, lang: str) -> list[str]:
    values = [pick(value, lang) for value in (() if values is None else values)]
    return [value if isinstance(value, str) else _signed(value) for value in values]


def _symbol(name: str) -> str:
    """ "z_17" as z with the index 17; other names as they are."""
    letter, _, index = name.partition("_")
    return f"${letter}_{{{index}}}$" if len(letter) == 1 and index.isdigit() else name


def _number(value: float) -> str:
    if 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}".replace(",", "\u202f").replace("-", "−")  # groups of three in either language
    return f"{value:#.4g}".rstrip(".").replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _heading(figure: Figure, title, lang: str) -> None:
    if title is not None:
        figure.suptitle(pick(title, lang), x=0.01, ha="left")


# Training

TERMS = (
    ("loss", Both(es="Pérdida total", en="Total loss"), TOTAL),
    ("reconstruction", Both(es="Reconstrucción", en="Reconstruction"), RECONSTRUCTION),
    ("kl", "KL", KL),
)
EPOCH = Both(es="época", en="epoch")
SPLITS = (
    ("train", "-", Both(es="entrenamiento", en="training")),
    ("val", "--", Both(es="validación", en="validation")),
)
NOT_FINITE = Both(es="no finito", en="not finite")
BESIDE = ("axes fraction", "data")  # coordinates: x across the panel, y in its values


@_in_style
def loss_curves(history, *, references=(), title=None, lang: str | None = None) -> Figure:
    """Total loss, reconstruction and KL by epoch: training solid, validation dashed, last values written out.

    history: dict rows with epoch, {train,val}_{loss,reconstruction,kl}; a value may be missing, empty or not finite.
    references: [(value, label)], horizontal lines in the reconstruction panel.
    """
    if not history:
        raise ValueError("history: no epochs to draw")
    figure = Chart(8.4, 3.2)
    epochs = _series(history, "epoch")
    for ax, (term, name, colour) in zip(figure.subplots(1, 3), TERMS, strict=True):
        curves = [_series(history, f"{split}_{term}") for split, *_ in SPLITS]
        marks = references if term == "reconstruction" else ()
        ax.set(title=pick(name, lang), xlabel=pick(EPOCH, lang))
        _curves(ax, epochs, curves, colour)
        _reference_lines(ax, [(value, pick(label, lang)) for value, label in marks])
        _limit(ax, epochs, curves, [value for value, _ in marks], pick(EPOCH, lang))
        _mark_divergence(ax, history, f"train_{term}", pick(NOT_FINITE, lang))
    handles = [Line2D([], [], color=GREY, linestyle=style, label=pick(name, lang)) for _, style, name in SPLITS]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    _heading(figure, title, lang)
    return figure


def _series(history, key: str) -> np.ndarray:
    """One column of the history; what is missing or empty is nan."""
    cells = [row.get(key) for row in history]
    return np.array([math.nan if cell is None or cell == "" else float(cell) for cell in cells])


def _curves(ax, epochs, curves, colour) -> None:
    ends = []
    for (_, style, _), values, width, fill in zip(SPLITS, curves, (2.2, 1.3), (colour, "white"), strict=True):
        seen = np.isfinite(values)
        if seen.any():
            dots = {"marker": "o" if seen.sum() < 4 else "", "markerfacecolor": fill}
            faint = 0.5 if style == "-" else 1  # the dashes stay visible where both curves run together
            ax.plot(epochs[seen], values[seen], style, color=to_rgba(colour, faint), linewidth=width, **dots)
            ends.append(values[seen][-1])
    for value, side in zip(sorted(ends), ("top", "bottom") if len(ends) == 2 else ("center",), strict=False):
        ax.annotate(_number(value), (1, value), (4, 0), BESIDE, "offset points", va=side, color=colour)
    ax.grid(axis="y")
    ax.margins(x=0.05 if len(epochs) > 1 else 0.5, y=0.08)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))


def _reference_lines(ax, lines) -> None:
    for value, label in lines:
        ax.axhline(value, color=GREY, linewidth=1, linestyle=":")
        ax.annotate(label, (1, value), (-2, 2), BESIDE, "offset points", ha="right", color=GREY, size=8)


def _limit(ax, epochs, curves, marks, word: str) -> None:
    """Show the run, not only its start: logarithms for a wide range; else what dwarfs the rest leaves the panel."""
    start = len(epochs) // 10 + 1 if len(epochs) >= 5 else 0
    everything, rest = (np.concatenate([*(curve[k:] for curve in curves), marks]) for k in (0, start))
    everything, rest = (values[np.isfinite(values)] for values in (everything, rest))
    if not len(rest):
        return
    low, high = rest.min(), rest.max()
    if low > 0 and high > 50 * low:
        ax.set_yscale("log")
    elif np.ptp(everything) > 15 * (high - low) > 0:
        room = 0.5 * (high - low)
        ax.set_ylim(max(everything.min() - 0.2 * room, low - room), min(everything.max() + 0.2 * room, high + room))
        above = curves[0][0] > high
        note = f"{word} {epochs[0]:.0f}: {_number(curves[0][0])} {'↑' if above else '↓'}"
        y, side = (0.97, "top") if above else (0.03, "bottom")
        ax.text(0.98, y, note, transform=ax.transAxes, ha="right", va=side, size=8, color=GREY)


def _mark_divergence(ax, history, key: str, words: str) -> None:
    bad = [row["epoch"] for row in history if row.get(key) not in (None, "") and not math.isfinite(float(row[key]))]
    if bad:
        ax.axvline(bad[0], color=GREY, linewidth=1)
        ax.annotate(words, (bad[0], 0.5), (-2, 0), ("data", "axes fraction"), "offset points", rotation=90, ha="right",
                    va="center", size=8, color=GREY)  # fmt: skip


@_in_style
def history_of_samples(sheets, epochs, *, lang: str | None = None) -> Figure:
    """What one fixed z becomes while training. sheets: uint8 (H, W, 3) each, as from `tile`; epochs: their numbers."""
    sheets = [_array(sheet) for sheet in sheets]
    _same_length(sheets=sheets, epochs=epochs)
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


# Pictures

ORIGINAL = "original"
RECONSTRUCTED = Both(es="reconstrucción", en="reconstruction")
DIFFERENCE = Both(es="diferencia", en="difference")
SIGNED = Both(es="la reconstrucción es más oscura  ←  →  más clara", en="the reconstruction is darker  ←  →  brighter")
ABSOLUTE = Both(es="diferencia absoluta, media de los canales", en="absolute difference, mean over channels")


@_in_style
def reconstructions(images, reconstructed, *, difference=True, labels=None, lang: str | None = None) -> Figure:
    """Pictures above their reconstructions and, below, the difference: signed for grey, absolute for colour.

    images, reconstructed: (N, C, H, W); labels: a name for each picture, above it.
    """
    images, reconstructed = _images(images), _images(reconstructed, "reconstructed")
    if images.shape != reconstructed.shape:
        raise ValueError(f"images {images.shape} and reconstructed {reconstructed.shape} differ in shape")
    _same_length(images=images, labels=labels)
    rows, names = [_rgb(images), _rgb(reconstructed)], [ORIGINAL, RECONSTRUCTED]
    if difference:
        painted, scale, meaning = _difference(images, reconstructed)
        rows, names = [*rows, painted], [*names, DIFFERENCE]
    figure, sheet = Chart(9, 5), np.concatenate(rows)
    ax = figure.subplots()
    size = _sheet_size(sheet, len(images))
    _show(ax, sheet, len(images), left=_words(names, lang))
    _name_columns(ax, _words(labels, lang), images.shape[-1], size[0] / len(images))
    if difference:
        bar = figure.colorbar(
            scale, ax=ax, location="bottom", label=pick(meaning, lang), shrink=0.5, aspect=40, pad=0.02
        )
        bar.ax.xaxis.set_major_locator(MaxNLocator(4))
    return _fit(figure, [ax], *size, passes=2 if difference else 1)


def _difference(images: np.ndarray, reconstructed: np.ndarray):
    """The difference painted as RGB pictures, its colour scale and what the colours mean."""
    signed = np.nan_to_num(reconstructed.astype(float) - images)
    grey = images.shape[1] == 1
    values = signed[:, 0] if grey else np.abs(signed).mean(axis=1)
    limit = max(0.1, math.ceil(10 * np.quantile(np.abs(values), 0.995)) / 10)
    scale = ScalarMappable(Normalize(-limit if grey else 0, limit), DIVERGING if grey else ERROR)
    return scale.cmap(scale.norm(values))[..., :3].transpose(0, 3, 1, 2), scale, SIGNED if grey else ABSOLUTE


@_in_style
def samples(images, *, columns: int = 8, title=None, lang: str | None = None) -> Figure:
    """A sheet of pictures (N, C, H, W), row after row."""
    images = _images(images)
    columns = min(columns, len(images))
    figure = Chart(8, 8)
    ax = figure.subplots()
    _show(ax, images, columns)
    ax.set_title(pick(title, lang) or "")
    return _fit(figure, [ax], *_sheet_size(images, columns))


@_in_style
def rows(images, left, *, top=None, right=None, xlabel=None, title=None, lang: str | None = None) -> Figure:
    """Rows of pictures (R, T, C, H, W), as large as the page allows beside their names.

    left, right: R texts; top: T texts or numbers, which `xlabel` explains.
    """
    images = _images(images, "images", ndim=5)
    _same_length(rows=images, left=left, right=right)
    _same_length(columns=images[0], top=top)
    sheet, columns = images.reshape(-1, *images.shape[2:]), images.shape[1]
    figure = Chart(9, 9)
    ax = figure.subplots()
    _show(ax, sheet, columns, left=_words(left, lang), right=_words(right, lang))
    figure.get_layout_engine().execute(figure)
    beside = 9 * (1 - ax.get_position(original=True).width)  # inches that the names take
    size = _sheet_size(sheet, columns, page=7.5 - beside)
    _name_columns(ax, _words_or_numbers(top, lang), images.shape[-1], size[0] / columns)
    ax.set(xlabel=pick(xlabel, lang) or "", title=pick(title, lang) or "")
    return _fit(figure, [ax], *size)


# Walks through the latent space

TRAVERSED = Both(es="valor de la dimensión recorrida", en="value of the dimension that moves")
CROSSFADE = Both(es="mezcla de píxeles", en="pixel crossfade")
DECODED = Both(es="camino en z, decodificado", en="path in z, decoded")


@_in_style
def latent_traversal(rows, dims, values, *, kl=None, title=None, lang: str | None = None) -> Figure:
    """One dimension of z moves in each row, the others stay; a frame marks the column in the middle.

    rows: (R, T, C, H, W); dims: the R dimensions' numbers; values: the T values; kl: each row's nats, shown beside it.
    """
    rows = _images(rows, "rows", ndim=5)
    values = _array(values)
    _same_length(rows=rows, dims=dims, kl=kl)
    _same_length(pictures_a_row=rows[0], values=values)
    names = [_symbol(f"z_{int(dim)}") for dim in dims]
    if kl is not None:
        names = [f"{name}\n{nats:.2f} nats" for name, nats in zip(names, _array(kl), strict=True)]
    figure, sheet = Chart(9, 9), rows.reshape(-1, *rows.shape[2:])
    ax = figure.subplots()
    _show(ax, sheet, len(values), top=[_signed(value) for value in values], left=names)
    _frame_middle(ax, rows)
    ax.set(xlabel=pick(TRAVERSED, lang), title=pick(title, lang) or "")
    return _fit(figure, [ax], *_sheet_size(sheet, len(values)))


def _frame_middle(ax, rows: np.ndarray) -> None:
    """A frame around the middle column; none when the number of columns is even."""
    count, columns, _, height, width = rows.shape
    if columns % 2:
        left = columns // 2 * (width + GAP) - 0.5
        size = (width, count * (height + GAP) - GAP)
        ax.add_patch(Rectangle((left, -0.5), *size, fill=False, edgecolor=ACCENT, linewidth=2, clip_on=False))
        ax.get_xticklabels()[columns // 2].set(color=ACCENT, fontweight="bold")


@_in_style
def interpolation(strips, *, start_labels, end_labels, crossfade=None, lang: str | None = None) -> Figure:
    """Films from one picture to another, t from 0 to 1 on top, the ends' names at both sides.

    strips, crossfade: (R, T, C, H, W); crossfade: the same ends mixed pixel by pixel, shown above for comparison.
    """
    strips = _images(strips, "strips", ndim=5)
    parts = [(strips, None)]
    if crossfade is not None:
        parts = [(_images(crossfade, "crossfade", ndim=5), CROSSFADE), (strips, DECODED)]
    figure = Chart(9, 9)
    axes = figure.subplots(len(parts), 1, squeeze=False)[:, 0]
    left, right = _words(start_labels, lang), _words(end_labels, lang)
    _same_length(strips=strips, start_labels=left, end_labels=right)
    for ax, (part, name) in zip(axes, parts, strict=True):
        if part.shape != strips.shape:
            raise ValueError(f"crossfade {part.shape} and strips {strips.shape} differ in shape")
        sheet = part.reshape(-1, *part.shape[2:])
        times = [f"{t:.2g}" for t in np.linspace(0, 1, part.shape[1])]
        times = ["t = 0", *times[1:]] if ax is axes[0] else ()
        _show(ax, sheet, part.shape[1], top=times, left=left, right=right)
        ax.set_title(pick(name, lang) or "")
    return _fit(figure, axes, *_sheet_size(sheet, strips.shape[1], tallest=9 / len(axes)))


@_in_style
def latent_grid(
    images, steps: int, limit: float = 2.0, *, axes=("z_0", "z_1"), title=None, lang: str | None = None
) -> Figure:
    """The decoded plane: (steps * steps, C, H, W), read like a page from (-limit, limit) to (limit, -limit)."""
    images = _images(images)
    if len(images) != steps * steps:
        raise ValueError(f"images: expected steps * steps = {steps * steps} pictures, got {len(images)}")
    figure = Chart(8, 8)
    ax = figure.subplots()
    _show(ax, images, steps)
    values = np.linspace(-limit, limit, min(steps, 5))
    height, width = images.shape[-2:]
    span = (steps - 1) / (2 * limit)
    names = [_signed(value) for value in values]
    ax.set_xticks([_middle((value + limit) * span, width) for value in values], names)
    ax.set_yticks([_middle((limit - value) * span, height) for value in values], names)
    ax.tick_params(length=3, bottom=True, labelbottom=True, labeltop=False)
    ax.xaxis.set_label_position("bottom")
    ax.set(xlabel=_symbol(axes[0]), ylabel=_symbol(axes[1]), title=pick(title, lang) or "")
    return _fit(figure, [ax], *_sheet_size(images, steps))


# Maps

OTHERS = Both(es="otras", en="others")
YES, NO = Both(es="sí", en="yes"), Both(es="no", en="no")
PRIOR = Both(es="prior: 1σ y 2σ", en="prior: 1σ and 2σ")


@_in_style
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
    lang: str | None = None,
) -> Figure:
    """A map of codes (N, 2), coloured by class or by an attribute.

    labels: (N,) whole numbers, named by `classes`; values: (N,) bool or float, named by `values_label`; axes: names
    such as "z_0" or "PC 1"; variance: each axis's share, in [0, 1]; prior: circles at 1 and 2 standard deviations.
    """
    points = _points(points, labels, values, columns=2)
    figure = Chart(7.5, 5.6)
    ax = figure.subplots()
    colours, groups, scale = _colours(len(points), labels, classes, values, lang)
    _scatter(ax, points, colours)
    names = [_symbol(pick(name, lang)) for name in axes]
    if variance is not None:
        names = [f"{name} ({100 * share:.0f} %)" for name, share in zip(names, _array(variance), strict=True)]
    ax.set(xlabel=names[0], ylabel=names[1], title=pick(title, lang) or "")
    ax.set_aspect("equal", adjustable="datalim")
    circles = _prior_circles(ax, pick(PRIOR, lang)) if prior else []
    _key(figure, ax, groups, scale, pick(values_label, lang), circles)
    return figure


@_in_style
def latent_pairs(
    z, labels=None, *, classes=(), dims=None, values=None, values_label=None, title=None, lang: str | None = None
) -> Figure:
    """Codes z (N, D) in each plane of two dimensions. dims: 2 to 5 of them, by default the 4 whose mean varies most."""
    z = _points(z, labels, values)
    dims = sorted(np.argsort(-z.var(axis=0), kind="stable")[:4]) if dims is None else [int(dim) for dim in dims]
    if not 2 <= len(dims) <= 5 or not all(0 <= dim < z.shape[1] for dim in dims):
        raise ValueError(f"dims: expected 2 to 5 numbers in 0..{z.shape[1] - 1}, got {dims}")
    pairs = [(a, b) for k, a in enumerate(dims) for b in dims[k + 1 :]]
    columns = min(len(pairs), 3)
    rows = math.ceil(len(pairs) / columns)
    side = 2.5 if columns == 3 else 4
    figure = Chart(side * columns + 1.4, side * rows)
    panels = figure.subplots(rows, columns, squeeze=False)
    colours, groups, scale = _colours(len(z), labels, classes, values, lang)
    for ax in panels.flat[len(pairs) :]:
        ax.set_axis_off()
    for ax, (a, b) in zip(panels.flat, pairs, strict=False):
        _scatter(ax, z[:, [a, b]], colours)
        ax.set(xlabel=_symbol(f"z_{a}"), ylabel=_symbol(f"z_{b}"))
    _heading(figure, title, lang)
    _key(figure, panels, groups, scale, pick(values_label, lang))
    return figure


def _points(values, labels, attribute, columns: int | None = None) -> np.ndarray:
    points = _array(values).astype(float)
    if points.ndim != 2 or not len(points) or points.shape[1] < 2 or columns not in (None, points.shape[1]):
        raise ValueError(f"points: expected shape (N, {columns or 'D'}), got {points.shape}")
    if labels is not None and attribute is not None:
        raise ValueError("points are coloured by labels or by values, not by both")
    _same_length(points=points, labels=labels, values=attribute)
    return points


def _colours(n: int, labels, classes, values, lang: str):
    """Each point's colour (n, 4), the groups [(name, colour)] of a legend and, for numbers, a colour bar's scale."""
    if values is None and labels is None:
        return np.tile(to_rgba(RECONSTRUCTION), (n, 1)), [], None
    values = None if values is None else _array(values)
    if values is not None and values.dtype != bool:
        scale = ScalarMappable(Normalize(np.nanmin(values), np.nanmax(values)), SEQUENTIAL)
        return scale.to_rgba(values.astype(float)), [], scale
    if values is not None:
        labels, classes = values.astype(int), (NO, YES)
    return *_class_colours(_array(labels).astype(int), _words(classes, lang), pick(OTHERS, lang)), None


def _class_colours(labels: np.ndarray, names: list[str], others: str):
    """Colours and groups by class; beyond the palette's length the rarest classes share one light grey."""
    kinds, counts = np.unique(labels, return_counts=True)
    shown = sorted(kinds[np.argsort(-counts, kind="stable")][: len(PALETTE)])
    colours = np.tile(to_rgba(REST), (len(labels), 1))
    groups = []
    for kind, colour in zip(shown, PALETTE, strict=False):
        colours[labels == kind] = to_rgba(colour)
        groups.append((names[kind] if 0 <= kind < len(names) else str(kind), colour))
    return colours, [*groups, (others, REST)] if len(kinds) > len(shown) else groups


def _scatter(ax, points: np.ndarray, colours: np.ndarray) -> None:
    """Points in a shuffled order, so that no class hides the others."""
    order = np.random.default_rng(0).permutation(len(points))
    size, alpha = np.clip(12000 / len(points), 5, 30), np.clip(60 / math.sqrt(len(points)), 0.5, 0.9)
    ax.scatter(*points[order].T, c=colours[order], s=size, alpha=alpha, linewidths=0, rasterized=True)
    ax.grid()


def _prior_circles(ax, name: str) -> list:
    for radius in (1, 2):
        ax.add_patch(Circle((0, 0), radius, fill=False, edgecolor=INK, linewidth=1.2, linestyle="--"))
    return [Line2D([], [], color=INK, linewidth=1.2, linestyle="--", label=name)]


def _key(figure: Figure, ax, groups, scale, name: str | None, handles=()) -> None:
    """At the right: the classes' colours, or the bar of a continuous value."""
    dots = [
        Line2D([], [], marker="o", linestyle="", color=colour, markersize=7, label=label) for label, colour in groups
    ]
    handles = [*dots, *handles]
    if scale is not None:
        figure.colorbar(scale, ax=ax, label=name or "", shrink=0.8)
    if handles:
        figure.legend(handles=handles, loc="outside right upper", title=name, alignment="left")


# What the information costs

DIMENSION = Both(es="dimensión de z, de la más usada a la menos", en="dimension of z, from the most used to the least")
KL_NATS = Both(es="KL media (nats)", en="mean KL (nats)")
ASLEEP = Both(es="dormidas: {n}", en="asleep: {n}")
AWAKE = Both(es="activas: {n} de {d}; KL total: {kl} nats", en="active: {n} of {d}; total KL: {kl} nats")
RATE = Both(es="tasa: KL (nats)", en="rate: KL (nats)")
DISTORTION = Both(es="distorsión: reconstrucción", en="distortion: reconstruction")


@_in_style
def kl_bars(kl_per_dimension, *, threshold: float = 0.01, title=None, lang: str | None = None) -> Figure:
    """Each dimension's KL (D,) in nats, sorted; those at or below `threshold` nats are asleep, on grey."""
    kl = _array(kl_per_dimension).astype(float)
    if kl.ndim != 1 or not len(kl):
        raise ValueError(f"kl_per_dimension: expected shape (D,), got {kl.shape}")
    order = np.argsort(-kl, kind="stable")
    active = int((kl > threshold).sum())
    figure = Chart(7.5, 3.4)
    ax = figure.subplots()
    colours = [KL] * active + [INK] * (len(kl) - active)
    ax.bar(np.arange(len(kl)), kl[order], color=colours, edgecolor=colours, width=0.7 if len(kl) <= 40 else 1)
    if active < len(kl):
        ax.axvspan(active - 0.5, len(kl) - 0.5, color=LIGHT, zorder=0)
        ax.text((active + len(kl) - 1) / 2, 0.5, pick(ASLEEP, lang).format(n=len(kl) - active),
                transform=ax.get_xaxis_transform(), ha="center", va="center")  # fmt: skip
    heading = pick(title, lang) or pick(AWAKE, lang).format(n=active, d=len(kl), kl=_number(round(kl.sum(), 4)))
    ax.set(xlabel=pick(DIMENSION, lang), ylabel=pick(KL_NATS, lang), title=heading, xlim=(-0.5, len(kl) - 0.5))
    ax.set_ylim(0, max(1.05 * kl.max(), 10 * threshold))  # where all are asleep the bars are flat
    ax.set_xticks(np.arange(len(kl)) if len(kl) <= 40 else [], order if len(kl) <= 40 else [])
    ax.grid(axis="y")
    return figure


@_in_style
def rate_distortion(points, *, title=None, lang: str | None = None) -> Figure:
    """What reconstruction costs in KL: points [(kl, reconstruction, label)], joined in the order given (by beta)."""
    if not len(points):
        raise ValueError("points: none to draw")
    kl, reconstruction = (np.array([float(point[k]) for point in points]) for k in (0, 1))
    figure = Chart(6.5, 4.2)
    ax = figure.subplots()
    ax.plot(kl, reconstruction, "-o", color=RECONSTRUCTION, markersize=8)
    for x, y, (_, _, label) in zip(kl, reconstruction, points, strict=True):
        ax.annotate(pick(label, lang), (x, y), (7, 7), textcoords="offset points")
    if len(kl) > 2 and np.sort(kl)[-1] > 5 * np.sort(kl)[-2]:
        ax.set_xscale("symlog", linthresh=1)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.set_xlim(left=0)
    ax.set(xlabel=pick(RATE, lang), ylabel=pick(DISTORTION, lang), title=pick(title, lang) or "")
    ax.grid()
    return figure
