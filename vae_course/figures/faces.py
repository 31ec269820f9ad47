"""Figures of lesson 09: where codes lie against the prior, shares of people."""

import numpy as np
from matplotlib.figure import Figure

from ..text import Both, pick
from .style import ACCENT, COURSE_LANGUAGE, INK, PALETTE, Chart, as_array, as_words, in_style, same_length

PRIOR = Both(es="prior N(0, I): todas valen 1", en="prior N(0, I): all are 1")
DIRECTION = Both(es="dirección del espacio latente, de la más ancha a la más angosta",
                 en="direction of the latent space, from the widest to the narrowest")  # fmt: skip
VARIANCE = Both(es="varianza de los códigos", en="variance of the codes")
SHARE = Both(es="% de las caras", en="% of the faces")


@in_style
def spectra(variances, names, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """How wide the codes lie along each principal direction, largest first: one curve (D,) a model, on a log scale."""
    same_length(variances=variances, names=names)
    figure = Chart(7.5, 3.8)
    ax = figure.subplots()
    ax.axhline(1, color=INK, linewidth=1.2, linestyle="--", label=pick(PRIOR, lang))
    for values, name, colour in zip(variances, as_words(names, lang), PALETTE, strict=False):
        values = np.sort(as_array(values).astype(float))[::-1]
        if values.ndim != 1 or not (values > 0).all():
            raise ValueError("variances: expected positive numbers (D,) a model")
        ax.plot(np.linspace(0, 100, len(values)), values, color=colour, label=name)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set(xlabel=pick(DIRECTION, lang), ylabel=pick(VARIANCE, lang), title=pick(title, lang) or "", xticks=[])
    ax.margins(x=0.01)
    ax.grid(axis="y")
    ax.legend(loc="upper right")
    return figure


@in_style
def shares(values, groups, bars, *, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Shares in 0..1 as horizontal bars, written out in per cent. values: (groups, bars); both have names."""
    values = as_array(values).astype(float)
    if values.shape != (len(groups), len(bars)) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"values: expected shares ({len(groups)}, {len(bars)}) in 0..1, got shape {values.shape}")
    figure = Chart(7.5, 1.1 + 0.24 * values.size + 0.15 * len(groups))
    ax = figure.subplots()
    step, places = 0.8 / len(bars), np.arange(len(groups))
    colours = (PALETTE[0], ACCENT, PALETTE[1], PALETTE[2])
    for k, (name, colour) in enumerate(zip(as_words(bars, lang), colours, strict=False)):
        y = places + (k - (len(bars) - 1) / 2) * step
        ax.barh(y, 100 * values[:, k], height=0.9 * step, color=colour, label=name)
        for place, share in zip(y, values[:, k], strict=True):
            ax.annotate(
                f"{100 * share:.0f}", (100 * share, place), (3, 0), textcoords="offset points", va="center", size=9
            )
    ax.set_yticks(places, as_words(groups, lang))
    ax.invert_yaxis()
    ax.set(xlim=(0, 106), xlabel=pick(SHARE, lang), title=pick(title, lang) or "")
    ax.tick_params(axis="y", length=0)
    if len(bars) > 1:
        figure.legend(loc="outside lower center", ncols=len(bars))
    return figure
