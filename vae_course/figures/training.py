"""Figures of lesson 05: a loss that falls past three lines, runs side by side, what the encoder's one glance costs."""

import math

import numpy as np
from matplotlib.figure import Figure

from ..text import Both, pick
from .curves import reference_lines
from .pictures import GAP, as_pictures, middle, show_sheet, tile
from .style import COURSE_LANGUAGE, GREY, INK, KL, TOTAL, Chart, as_array, as_words, in_style, same_length

STEPS = Both(es="pasos de optimización", en="optimisation steps")
LOSS = Both(es="pérdida (nats por imagen)", en="loss (nats per picture)")
LOST = Both(es="nats perdidos", en="nats lost")
ORIGINAL = "original"
GLANCE = Both(es="una mirada", en="one glance")
OPTIMISED = Both(es="optimizada", en="optimised")
RECONSTRUCTED = Both(es="reconstrucciones", en="reconstructions")
SAMPLED = Both(es="muestras, z ~ N(0, I)", en="samples, z ~ N(0, I)")
BAND = 22  # pixels of a heading between groups of rows


@in_style
def falling(losses, sheets, *, references=(), title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """The loss of every step above what a few fixed z have become after 0, 1, 3, 7, 15, ... steps.

    losses: (2^(K-1) - 1 or more,), one before each step; sheets: (K, R, C, H, W), R pictures after 2^k - 1 steps
    each; references: [(value, label)], horizontal lines. Steps run along a log2 axis, so pictures stand below theirs.
    """
    losses, sheets = as_array(losses).astype(float), as_pictures(sheets, "sheets", ndim=5)
    columns, rows = sheets.shape[:2]
    if losses.ndim != 1 or len(losses) < 2 ** (columns - 1) - 1:
        raise ValueError(f"losses: {columns} sheets need {2 ** (columns - 1) - 1} steps, got shape {losses.shape}")
    side = 6.6 / columns
    figure = Chart(7.5, 3.6 + side * rows)
    above, below = figure.subplots(2, 1, height_ratios=(3, side * rows))
    shown = losses[: 2 ** (columns - 1)]
    above.plot(np.log2(np.arange(len(shown)) + 1), shown, color=TOTAL, linewidth=1.4)
    reference_lines(above, [(value, pick(label, lang)) for value, label in references])
    above.set(xlim=(-0.5, columns - 0.5), ylabel=pick(LOSS, lang), title=pick(title, lang) or "")
    above.set_xticks(range(columns), [""] * columns)
    above.grid(axis="x")
    steps = [str(2**k - 1) for k in range(columns)]
    show_sheet(below, np.concatenate(sheets.swapaxes(0, 1)), columns, top=steps)
    below.set_xlabel(pick(STEPS, lang))
    return figure


@in_style
def runs(groups, original, *, noted=None, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Trainings side by side, a row each: reconstructions of the same pictures, samples of the same z, a note.

    groups: [(heading or None, [(label, reconstructions (R, C, H, W), samples (S, C, H, W), note), ...]), ...];
    original: (R, C, H, W), the pictures reconstructed, a row of their own at the top; noted: what the notes say.
    """
    original = as_pictures(original, "original")
    rows = [row for _, group in groups for row in group]
    if not rows:
        raise ValueError("groups: no run to draw")
    bands, ticks, headings, height = _run_bands(groups, original)
    figure = Chart(7.5, 0.9 + 0.42 * height / (original.shape[-2] + GAP))
    ax = figure.subplots()
    ax.imshow(np.concatenate(bands), interpolation="nearest", aspect="auto")
    ax.spines[:].set_visible(False)
    ax.set_yticks(ticks, [ORIGINAL, *as_words([row[0] for row in rows], lang)])
    for tick, note in zip(ticks, [noted or "", *(row[3] for row in rows)], strict=True):
        ax.annotate(pick(note, lang), (1, tick), (5, 0), ("axes fraction", "data"), "offset points",
                    va="center_baseline", size=9)  # fmt: skip
    for y, heading in headings:
        ax.annotate(pick(heading, lang), (0, y), (0, 0), ("axes fraction", "data"), "offset points",
                    va="center_baseline", weight="bold")  # fmt: skip
    places = [_span(0, len(original), original), _span(len(original), rows[0][2].shape[0], original, gap=True)]
    ax.set_xticks(places, as_words([RECONSTRUCTED, SAMPLED], lang))
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    ax.set_title(pick(title, lang) or "")
    return figure


def _span(first: int, count: int, images: np.ndarray, gap: bool = False) -> float:
    """The middle, in pixels, of `count` pictures from the first on."""
    return (middle(first, images.shape[-1]) + middle(first + count - 1, images.shape[-1])) / 2 + gap * BAND / 2


def _run_bands(groups, original: np.ndarray):
    """Bands of pixels from top to bottom, the rows' centres, [(centre, heading)] and the height of all."""
    samples = as_pictures(groups[0][1][0][2], "samples").shape[0]
    blank = np.ones((samples, *original.shape[1:]))
    bands, ticks, headings = [_run_band(original, blank)], [(original.shape[-2] - 1) / 2], []
    top = len(bands[0])
    for heading, group in groups:
        if heading is not None:
            bands.append(np.full((BAND, bands[0].shape[1], 3), 255, np.uint8))
            headings.append((top + BAND / 2 - 1, heading))
            top += BAND
        for label, reconstructions, drawn, _ in group:
            name = pick(label, "en")  # in an error
            reconstructions = as_pictures(reconstructions, f"reconstructions of {name}")
            drawn = as_pictures(drawn, "samples")
            if reconstructions.shape != original.shape or drawn.shape != blank.shape:
                raise ValueError(f"{name}: pictures {reconstructions.shape} and {drawn.shape} do not fit the others'")
            bands.append(_run_band(reconstructions, drawn))
            ticks.append(top + (original.shape[-2] - 1) / 2)
            top += len(bands[-1])
    return bands, ticks, headings, top


def _run_band(reconstructions: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """One row of pixels: reconstructions, a gap, samples, and GAP white pixels below."""
    left, right = tile(reconstructions, len(reconstructions)), tile(samples, len(samples))
    row = np.concatenate([left, np.full((len(left), BAND, 3), 255, np.uint8), right], axis=1)
    return np.concatenate([row, np.full((GAP, row.shape[1], 3), 255, np.uint8)])


@in_style
def glance(images, glanced, optimised, lost, *, labels=(), title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Pictures, decoded from the encoder's code and from an optimised one; below each, the nats that the glance lost.

    images, glanced, optimised: (N, C, H, W); lost: (N,); labels: a name for each picture, or none.
    """
    images, glanced, optimised = (as_pictures(part) for part in (images, glanced, optimised))
    lost = as_array(lost).astype(float)
    same_length(images=images, glanced=glanced, optimised=optimised, lost=lost, labels=labels or None)
    columns, width = len(images), images.shape[-1]
    figure = Chart(7.5, 3 * 6 / columns + 2.4)
    above, below = figure.subplots(2, 1, height_ratios=(3 * 6 / columns, 1.5))
    names = as_words((ORIGINAL, GLANCE, OPTIMISED), lang)
    sheet = show_sheet(
        above, np.concatenate([images, glanced, optimised]), columns, top=as_words(labels, lang), left=names
    )
    above.set_title(pick(title, lang) or "")
    places = [middle(k, width) for k in range(columns)]
    bars = below.bar(places, lost, width=0.6 * width, color=KL)
    below.bar_label(bars, [f"{value:.1f}" if value >= 1 else f"{value:.2f}" for value in lost], color=INK, size=9)
    below.set(xlim=(-0.5, sheet.shape[1] - 0.5), ylabel=pick(LOST, lang))
    below.set_ylim(min(0, 1.2 * lost.min()), 1.2 * max(lost.max(), 1e-3))
    below.set_xticks([])
    below.axhline(0, color=GREY, linewidth=0.8)
    return figure


def doublings(steps: int) -> list[int]:
    """0, 1, 3, 7, 15, ... up to `steps`: where `falling` shows its pictures."""
    return [2**k - 1 for k in range(int(math.log2(steps + 1)) + 1)]
