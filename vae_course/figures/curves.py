"""Curves and bars: a training by epoch, and what the information costs."""

import math
from typing import Literal

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..text import Both, pick
from .style import (
    BESIDE,
    COURSE_LANGUAGE,
    EPOCH,
    GREY,
    INK,
    KL,
    LIGHT,
    RECONSTRUCTION,
    TOTAL,
    Chart,
    add_heading,
    as_array,
    in_style,
    number_text,
)

# Training

TERMS = (
    ("loss", Both(es="Pérdida total", en="Total loss"), TOTAL),
    ("reconstruction", Both(es="Reconstrucción", en="Reconstruction"), RECONSTRUCTION),
    ("kl", "KL", KL),
)
SPLITS: tuple[tuple[str, Literal["-", "--"], Both], ...] = (
    ("train", "-", Both(es="entrenamiento", en="training")),
    ("val", "--", Both(es="validación", en="validation")),
)
NOT_FINITE = Both(es="no finito", en="not finite")


@in_style
def loss_curves(history, *, references=(), title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Total loss, reconstruction and KL by epoch: training solid, validation dashed, last values written out.

    history: dict rows with epoch, {train,val}_{loss,reconstruction,kl}; a value may be missing, empty or not finite.
    references: [(value, label)], horizontal lines in the reconstruction panel.
    """
    if not history:
        raise ValueError("history: no epochs to draw")
    figure = Chart(8.4, 3.2)
    epochs = _series(history, "epoch")
    drawn = set()
    for ax, (term, name, colour) in zip(figure.subplots(1, 3), TERMS, strict=True):
        curves = [_series(history, f"{split}_{term}") for split, *_ in SPLITS]
        drawn |= {split for (split, *_), values in zip(SPLITS, curves, strict=True) if np.isfinite(values).any()}
        marks = references if term == "reconstruction" else ()
        ax.set(title=pick(name, lang), xlabel=pick(EPOCH, lang))
        _curves(ax, epochs, curves, colour)
        reference_lines(ax, [(value, pick(label, lang)) for value, label in marks])
        _limit(ax, epochs, curves, [value for value, _ in marks], pick(EPOCH, lang))
        _mark_divergence(ax, history, f"train_{term}", pick(NOT_FINITE, lang))
    handles = [
        Line2D([], [], color=GREY, linestyle=style, label=pick(name, lang))
        for split, style, name in SPLITS
        if split in drawn
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    add_heading(figure, title, lang)
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
        ax.annotate(number_text(value), (1, value), (4, 0), BESIDE, "offset points", va=side, color=colour)
    ax.grid(axis="y")
    ax.margins(x=0.05 if len(epochs) > 1 else 0.5, y=0.08)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))


def reference_lines(ax, lines) -> None:
    """Dotted horizontal lines with their labels: [(value, label)]."""
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
        note = f"{word} {epochs[0]:.0f}: {number_text(curves[0][0])} {'↑' if above else '↓'}"
        y, side = (0.97, "top") if above else (0.03, "bottom")
        ax.text(0.98, y, note, transform=ax.transAxes, ha="right", va=side, size=8, color=GREY)


def _mark_divergence(ax, history, key: str, words: str) -> None:
    bad = [row["epoch"] for row in history if row.get(key) not in (None, "") and not math.isfinite(float(row[key]))]
    if bad:
        ax.axvline(bad[0], color=GREY, linewidth=1)
        ax.annotate(words, (bad[0], 0.5), (-2, 0), ("data", "axes fraction"), "offset points", rotation=90, ha="right",
                    va="center", size=8, color=GREY)  # fmt: skip


# What the information costs

DIMENSION = Both(es="dimensión de z, de la más usada a la menos", en="dimension of z, from the most used to the least")
KL_NATS = Both(es="KL media (nats)", en="mean KL (nats)")
ASLEEP = Both(es="dormidas: {n}", en="asleep: {n}")
AWAKE = Both(es="activas: {n} de {d}; KL total: {kl} nats", en="active: {n} of {d}; total KL: {kl} nats")
RATE = Both(es="tasa: KL (nats)", en="rate: KL (nats)")
DISTORTION = Both(es="distorsión: reconstrucción", en="distortion: reconstruction")


@in_style
def kl_bars(kl_per_dimension, *, threshold: float = 0.01, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Each dimension's KL (D,) in nats, sorted; those at or below `threshold` nats are asleep, on grey."""
    kl = as_array(kl_per_dimension).astype(float)
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
    heading = pick(title, lang) or pick(AWAKE, lang).format(n=active, d=len(kl), kl=number_text(round(kl.sum(), 4)))
    ax.set(xlabel=pick(DIMENSION, lang), ylabel=pick(KL_NATS, lang), title=heading, xlim=(-0.5, len(kl) - 0.5))
    ax.set_ylim(0, max(1.05 * kl.max(), 10 * threshold))  # where all are asleep the bars are flat
    ax.set_xticks(np.arange(len(kl)) if len(kl) <= 40 else [], order if len(kl) <= 40 else [])
    ax.grid(axis="y")
    return figure


@in_style
def rate_distortion(points, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
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
