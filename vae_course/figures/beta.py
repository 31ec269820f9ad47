"""Figures of lesson 07: what each price buys."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from ..text import Both, pick
from .curves import RATE
from .pictures import as_pictures, as_rgb, show_sheet
from .style import COURSE_LANGUAGE, GREY, INK, PALETTE, Chart, as_array, in_style, same_length

ORIGINALS = Both(es="originales", en="originals")
RECONSTRUCTED = Both(es="reconstrucciones", en="reconstructions")
DRAWN = Both(es="muestras de N(0, I)", en="samples from N(0, I)")
DISTORTION = Both(es="distorsión: reconstrucción (nats)", en="distortion: reconstruction (nats)")
DIMENSIONS = Both(es="dimensiones latentes del modelo", en="latent dimensions of the model")
ACTIVE = Both(es="dimensiones activas", en="active dimensions")
ALL_USED = Both(es="todas en uso", en="all in use")
STEP = Both(es="paso", en="step")
KL_BATCH = Both(es="KL del batch (nats)", en="KL of the batch (nats)")


@in_style
def side_by_side(originals, reconstructions, samples, names, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """One row a model, pictures (C, H, W): the same originals reconstructed on the left, samples on the right.

    originals: (K, C, H, W); reconstructions, samples: one (K, C, H, W) per model; names: one per model.
    """
    same_length(reconstructions=reconstructions, samples=samples, names=names)
    originals, blank = as_pictures(originals), np.ones_like(as_pictures(originals))
    k = len(originals)
    left = np.concatenate([originals, *(as_pictures(one, "reconstructions") for one in reconstructions)])
    right = np.concatenate([blank, *(as_pictures(one, "samples") for one in samples)])
    rows = len(names) + 1
    figure = Chart(7.5, 7.5 / (2 * k + 1.6) * rows + 0.5)
    axes = figure.subplots(1, 2)
    show_sheet(axes[0], left, k, left=[pick(ORIGINALS, lang), *(pick(name, lang) for name in names)])
    show_sheet(axes[1], right, k)
    axes[0].set_title(pick(RECONSTRUCTED, lang))
    axes[1].set_title(pick(DRAWN, lang))
    return figure


@in_style
def curve_with_pictures(points, pictures, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """Rate against distortion, each model's reconstruction of one picture standing at its point.

    points: [(kl, reconstruction, label)], by beta; pictures: (len(points), C, H, W).
    """
    pictures = as_rgb(as_pictures(pictures, "pictures"))
    same_length(points=points, pictures=pictures)
    kl, distortion = (np.array([float(point[i]) for point in points]) for i in (0, 1))
    figure = Chart(7.5, 5.2)
    ax = figure.subplots()
    ax.plot(kl, distortion, "-o", color=PALETTE[0], markersize=7)
    zoom = 52 / pictures.shape[-1]  # points
    for place, k in enumerate(np.argsort(kl, kind="stable")):
        above = ((place + 0.5) / len(kl), 1.12)
        image = OffsetImage(pictures[k].transpose(1, 2, 0), zoom=zoom, interpolation="nearest")
        leader = {"arrowstyle": "-", "color": GREY, "linewidth": 0.8, "shrinkB": 5}
        ax.add_artist(
            AnnotationBbox(image, (kl[k], distortion[k]), above, boxcoords="axes fraction", pad=0.1, arrowprops=leader,
                           bboxprops={"edgecolor": GREY, "linewidth": 0.8}, annotation_clip=False)
        )  # fmt: skip
        ax.annotate(pick(points[k][2], lang), above, (0, 30), "axes fraction", "offset points", ha="center")
    ax.set_xscale("symlog", linthresh=1)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set(xlabel=pick(RATE, lang), ylabel=pick(DISTORTION, lang), xlim=(-0.25, 3 * max(kl.max(), 1)))
    ax.margins(y=0.1)
    ax.grid()
    return figure


@in_style
def active_against_dimensions(dimensions, active, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """How many dimensions each model uses: active holds one sequence per series name, along `dimensions`."""
    same_length(dimensions=dimensions, **active)
    figure = Chart(6.5, 3.8)
    ax = figure.subplots()
    ax.plot(dimensions, dimensions, "--", color=INK, linewidth=1, zorder=3, label=pick(ALL_USED, lang))
    for colour, marker, shift, (name, counts) in zip(PALETTE, "os^D", (7, -17, 7, -17), active.items(), strict=False):
        ax.plot(dimensions, counts, f"-{marker}", color=colour, label=name, markersize=7)
        for x, y in zip(dimensions, counts, strict=True):
            ax.annotate(f"{y}", (x, y), (0, shift), textcoords="offset points", ha="center", color=colour)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log", base=2)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_xticks(dimensions)
    ax.set(xlabel=pick(DIMENSIONS, lang), ylabel=pick(ACTIVE, lang))
    ax.margins(y=0.14)
    ax.legend()
    ax.grid()
    return figure


@in_style
def rates(curves, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """The KL of each batch as training goes on: curves holds name -> (steps,)."""
    figure = Chart(6.5, 3.4)
    ax = figure.subplots()
    for colour, (name, values) in zip(PALETTE, curves.items(), strict=False):
        ax.plot(as_array(values), color=colour, label=pick(name, lang))
    ax.set(xlabel=pick(STEP, lang), ylabel=pick(KL_BATCH, lang))
    settled = [as_array(values)[len(values) // 50 :] for values in curves.values()]  # the first steps leap
    ax.set_ylim(0, 1.1 * max(values.max() for values in settled))
    ax.legend()
    ax.grid()
    return figure
