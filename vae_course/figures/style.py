"""The course's style: colours, the page, texts in the reader's language, and a figure as a file."""

import functools
import io
import os
from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from ..files import replacing
from ..numbers import compact, significant
from ..text import Both, default_language, pick

P = ParamSpec("P")

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
BESIDE = ("axes fraction", "data")  # coordinates: x across the panel, y in its values
COURSE_LANGUAGE = ""  # of a figure that is asked for in none: `in_style` puts the course's own in its place
GROUPS = "es"  # the language whose narrow spaces part thousands in figures, which both languages' readers understand
EPOCH = Both(es="época", en="epoch")
STYLE: dict[Any, Any] = {
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
        return encode(self, "png", DPI), {"width": round(96 * width), "height": round(96 * height)}


def in_style(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw in the course's style, its language settled; matplotlib's own settings stay as they are.

    The layout is made once and kept: made anew at each saving, it would differ by a pixel.
    """

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        kwargs["lang"] = kwargs.get("lang") or default_language()
        with matplotlib.rc_context(STYLE):
            figure = draw(*args, **kwargs)
            lay_out(figure)
            figure.set_layout_engine("none")
            return figure

    return styled


def save(figure: Figure, path: str | os.PathLike, dpi: int = DPI) -> Path:
    """Write a figure as .png, .svg or .pdf (by its suffix): whole or not at all, the same bytes each time."""
    path = Path(path)
    content = encode(figure, path.suffix.lstrip(".").lower(), dpi)
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def encode(figure: Figure, kind: str, dpi: int) -> bytes:
    """A figure as the bytes of a "png", "svg" or "pdf", without date and program."""
    nameless: dict[str, dict] = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    if kind not in nameless:
        raise ValueError(f"figures are saved as .png, .svg or .pdf, not as {kind or 'a file without suffix'}")
    file = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(file, format=kind, dpi=dpi, metadata=nameless[kind])
    return file.getvalue()


def as_array(values) -> np.ndarray:
    """Arrays, lists and tensors (on any device, with gradients or not) as an array."""
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def same_length(**sequences: Sized | None) -> None:
    """Raise a ValueError that names the sequences, unless all that are not None are equally long."""
    lengths = {name: len(values) for name, values in sequences.items() if values is not None}
    if len(set(lengths.values())) > 1:
        raise ValueError("as many of each are needed: " + ", ".join(f"{n} {name}" for name, n in lengths.items()))


def lay_out(figure: Figure) -> None:
    """Give the axes and all around them their places."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def fit_figure(figure: Figure, axes, width: float, height: float, *, passes: int = 1) -> Figure:
    """Resize the figure until each of the axes, one above the other, has these inches; labels keep their room."""
    for _ in range(passes):
        lay_out(figure)
        boxes = [ax.get_position(original=True) for ax in axes]
        across, down = figure.get_size_inches()
        margins = across * (1 - boxes[0].width), down * (1 - sum(box.height for box in boxes))
        figure.set_size_inches(margins[0] + width, margins[1] + len(boxes) * height)
    return figure


def number_text(value: float) -> str:
    """A value written into a figure, with at least four digits: "0.07064", "−3.500", "14 312"."""
    return significant(value, 4, GROUPS)


def as_words(texts, lang: str) -> list[str]:
    """Texts in the reader's language; none for None."""
    return [str(pick(text, lang)) for text in (() if texts is None else texts)]


def words_or_numbers(values, lang: str) -> list[str]:
    """Texts in the reader's language, numbers written with three digits; none for None."""
    values = [pick(value, lang) for value in (() if values is None else values)]
    return [value if isinstance(value, str) else compact(value, 3, lang) for value in values]


def math_symbol(name: str) -> str:
    """ "z_17" as z with the index 17; other names as they are."""
    letter, _, index = name.partition("_")
    return f"${letter}_{{{index}}}$" if len(letter) == 1 and index.isdigit() else name


def add_heading(figure: Figure, title, lang: str) -> None:
    """A title above all panels, at the left; none for None."""
    if title is not None:
        figure.suptitle(pick(title, lang), x=0.01, ha="left")
