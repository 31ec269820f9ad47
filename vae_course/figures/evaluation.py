"""Lesson 08's figures: nearest neighbours, two measures on one plane, bias, bounds."""

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from ..numbers import decimal
from ..text import Both, pick
from .maps import PRIOR, add_key, class_colours, prior_circles, scatter
from .pictures import as_pictures, show_sheet
from .style import (
    ACCENT,
    COURSE_LANGUAGE,
    GREY,
    INK,
    LIGHT,
    PALETTE,
    RECONSTRUCTION,
    REST,
    Chart,
    add_heading,
    as_array,
    as_words,
    in_style,
    same_length,
)

# Sample and nearest neighbour

SAMPLE = Both(es="muestra", en="sample")
NEAREST = Both(es="la más cercana\ndel entrenamiento", en="nearest\ntraining image")
ITS_NEAREST = Both(es="y la más cercana\na esta", en="and the nearest\nto that one")
HELD_BACK = Both(es="imágenes reservadas", en="held-back pictures")
FROM_SAMPLE = Both(es="de la muestra a su vecina", en="from sample to neighbour")
FROM_NEIGHBOUR = Both(es="de la vecina a la suya", en="from neighbour to its own")
DISTANCE = Both(es="distancia a la imagen de entrenamiento más cercana", en="distance to the nearest training image")
COUNT = Both(es="cuántas", en="how many")


@in_style
def neighbours(samples, nearest, next_nearest, held_back, *, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """Samples, each one's nearest training image, that one's own nearest; below, both distances of each.

    samples, nearest, next_nearest: (N, C, H, W), N at most 10; held_back: (M,) distances of pictures kept from
    training, the yardstick: a histogram. Distances are square roots of the squared error.
    """
    rows = [as_pictures(part, "pictures") for part in (samples, nearest, next_nearest)]
    if len({part.shape for part in rows}) > 1 or len(rows[0]) > 10:
        raise ValueError(f"pictures: three of one shape, at most 10 each, got {[part.shape for part in rows]}")
    held_back = as_array(held_back).astype(float)
    distances = [_apart(rows[0], rows[1]), _apart(rows[1], rows[2])]
    n = len(rows[0])
    figure = Chart(7.3, 2.1 + 3 * 5.8 / n * rows[0].shape[2] / rows[0].shape[3])
    above, below = figure.subplots(2, 1, height_ratios=[3 * 5.8 / n * rows[0].shape[2] / rows[0].shape[3], 1.9])
    show_sheet(above, np.concatenate(rows), n, top=range(1, n + 1), left=as_words((SAMPLE, NEAREST, ITS_NEAREST), lang))
    above.set_aspect("equal")
    below.hist(held_back, bins=30, color=REST, label=pick(HELD_BACK, lang))
    top = below.get_ylim()[1]
    span = max(held_back.max(), *distances[0], *distances[1])
    for values, share, colour, name in zip(
        distances, (1.12, 1.5), (ACCENT, RECONSTRUCTION), (FROM_SAMPLE, FROM_NEIGHBOUR), strict=True
    ):
        below.scatter(values, np.full(n, share * top), s=30, color=colour, label=pick(name, lang), linewidths=0)
        for where, numbers in _together(values, 0.0125 * span):
            below.annotate(numbers, (where, share * top), (0, 4), textcoords="offset points", color=colour, size=8,
                           ha="left" if where < 0.02 * span else "center")  # fmt: skip
    below.set(xlabel=pick(DISTANCE, lang), ylabel=pick(COUNT, lang), title=pick(title, lang) or "")
    below.set_yticks([tick for tick in below.get_yticks() if tick <= top])
    below.set(xlim=(-0.03 * span, 1.03 * span), ylim=(0, 1.85 * top))
    figure.legend(*below.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=9)
    return figure


def _together(values: np.ndarray, digit: float) -> list[tuple[float, str]]:
    """Labels that would touch become one: (their middle, the numbers of their columns, from 1); a digit's width."""
    groups = [[int(k)] for k in np.argsort(values, kind="stable")]
    k = 0
    while k + 1 < len(groups):
        left, right = groups[k], groups[k + 1]
        if values[right].mean() - values[left].mean() < digit * (len(left) + len(right)):
            groups[k : k + 2] = [left + right]
            k = max(k - 1, 0)
        else:
            k += 1
    return [(float(values[group].mean()), _runs([k + 1 for k in sorted(group)])) for group in groups]


def _runs(numbers: list[int]) -> str:
    """Three or more in a row are told by their ends: [1, 2, 3, 5] is "1–3 5"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else " ".join(map(str, run)) for run in runs)


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.sqrt(((a.astype(float) - b) ** 2).reshape(len(a), -1).sum(axis=1))


# Two measures on one plane

NEARNESS = Both(
    es="distancia media a la imagen de entrenamiento más cercana  (menos: más parecidas)",
    en="mean distance to the nearest training image  (less: more alike)",
)
SPREAD = Both(
    es="distancia media entre muestras\n(más: más diversas)", en="mean distance between samples\n(more: more diverse)"
)
TARGET = Both(es="imágenes reservadas", en="held-back pictures")


@in_style
def two_measures(points, target, *, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """Generators on a plane: points [(nearness, spread, label)]; target: (nearness, spread)."""
    if not len(points):
        raise ValueError("points: none to draw")
    x, y = (np.array([float(point[k]) for point in points]) for k in (0, 1))
    figure = Chart(7.2, 4.2)
    ax = figure.subplots()
    ax.axvline(float(target[0]), color=LIGHT, zorder=0)
    ax.axhline(float(target[1]), color=LIGHT, zorder=0)
    ax.scatter(x, y, s=60, color=RECONSTRUCTION, zorder=3)
    ax.scatter(float(target[0]), float(target[1]), s=170, marker="*", color=ACCENT, zorder=4)
    right = max(*x, float(target[0]))
    marks = [*zip(x, y, as_words([point[2] for point in points], lang), strict=True)]
    marks.append((float(target[0]), float(target[1]), pick(TARGET, lang)))
    for k, (a, b, name) in enumerate(marks):
        near = [m for m, (c, d, _) in enumerate(marks) if abs(a - c) < 0.06 * right and abs(b - d) < 0.06 * max(y)]
        crowded = any(m < k for m in near)
        late = a > 0.6 * right and not any(marks[m][0] < a for m in near)
        ax.annotate(name, (a, b), (-8 if late else 8, -12 if crowded else 4), textcoords="offset points", size=9,
                    ha="right" if late else "left", color=INK if k < len(x) else ACCENT)  # fmt: skip
    ax.set(xlabel=pick(NEARNESS, lang), ylabel=pick(SPREAD, lang), title=pick(title, lang) or "")
    ax.set_xlim(-0.05 * right, 1.08 * right)
    ax.margins(y=0.12)
    return figure


# Few samples

SAMPLES = Both(es="imágenes por conjunto, N", en="pictures in each set, N")
FRECHET = Both(es="distancia de Fréchet", en="Fréchet distance")
AS_ONE_OVER_N = Both(es="recta que cae como 1/N", en="a line that falls as 1/N")


@in_style
def few_samples(sizes, series, *, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """Measured distances against the number of pictures, both axes logarithmic. series: {name: values}, (S,) each."""
    sizes = as_array(sizes).astype(float)
    figure = Chart(6.6, 3.8)
    ax = figure.subplots()
    for (name, values), colour in zip(series.items(), PALETTE, strict=False):
        values = as_array(values).astype(float)
        same_length(sizes=sizes, values=values)
        ax.plot(sizes, values, "-o", color=colour, label=pick(name, lang))
        ax.annotate(f"{values[-1]:.2g}", (sizes[-1], values[-1]), (8, 0), textcoords="offset points", va="center",
                    color=colour, size=9)  # fmt: skip
    first = as_array(next(iter(series.values()))).astype(float)
    ax.plot(sizes, first[0] * sizes[0] / sizes, ":", color=GREY, label=pick(AS_ONE_OVER_N, lang))
    ax.set(xscale="log", yscale="log", xlabel=pick(SAMPLES, lang), ylabel=pick(FRECHET, lang))
    ax.set_title(pick(title, lang) or "")
    ax.xaxis.set_major_locator(FixedLocator(sizes))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_xlim(sizes[0] / 1.15, sizes[-1] * 1.5)
    ax.grid()
    ax.legend(fontsize=9)
    return figure


# The aggregate posterior


@in_style
def aggregate_posterior(panels, labels, *, classes, limits=None, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """Draws from q(z), side by side, coloured by class, with the prior's circles. panels: [(z (N, 2), name)].

    limits: each panel's half width, by default what holds all of its draws.
    """
    labels = as_array(labels).astype(int)
    colours, groups = class_colours(labels, as_words(classes, lang), "")
    figure = Chart(7.5, 3.4)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    limits = [None] * len(panels) if limits is None else limits
    same_length(panels=panels, limits=limits)
    for ax, (z, name), limit in zip(axes, panels, limits, strict=True):
        z = as_array(z).astype(float)
        if z.shape != (len(labels), 2):
            raise ValueError(f"z: expected shape ({len(labels)}, 2), got {z.shape}")
        scatter(ax, z, colours)
        circles = prior_circles(ax, pick(PRIOR, lang))
        limit = max(3, 1.03 * np.abs(z).max()) if limit is None else limit
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit), title=pick(name, lang), xlabel="$z_0$", ylabel="$z_1$")
        ax.set_aspect("equal")
    add_heading(figure, title, lang)
    add_key(figure, axes, groups, None, None, circles)
    return figure


# Bounds on log p(x)

DRAWS = Both(es="muestras de z por imagen, K", en="draws of z for each image, K")
BOUND = Both(es="cota de log p(x), media (nats)", en="bound on log p(x), mean (nats)")
GAIN = Both(es="lo que gana cada imagen (nats)", en="what each image gains (nats)")
IMAGES = Both(es="imágenes", en="images")
MEAN = Both(es="media: {gain}", en="mean: {gain}")


@in_style
def bounds(draws, values, elbo: float, gains, *, title=None, lang: str = COURSE_LANGUAGE) -> Chart:
    """The importance-weighted bound as K grows, above the ELBO; beside it each image's gain.

    draws, values: (S,); gains: (N,) nats.
    """
    draws, values, gains = (as_array(part).astype(float) for part in (draws, values, gains))
    same_length(draws=draws, values=values)
    figure = Chart(7.5, 3.3)
    left, right = figure.subplots(1, 2, width_ratios=[1.35, 1])
    left.axhline(elbo, color=GREY, linestyle="--", linewidth=1.2)
    left.annotate(f"ELBO {decimal(elbo, 2, lang)}", (1, elbo), (-2, 4), ("axes fraction", "data"),
                  "offset points", ha="right", color=GREY)  # fmt: skip
    left.plot(draws, values, "-o", color=RECONSTRUCTION)
    for k in {len(draws) // 2, len(draws) - 1}:
        left.annotate(decimal(values[k], 2, lang), (draws[k], values[k]), (0, 8), textcoords="offset points",
                      ha="center", color=RECONSTRUCTION, size=9)  # fmt: skip
    left.set(xscale="log", xlabel=pick(DRAWS, lang), ylabel=pick(BOUND, lang))
    left.xaxis.set_major_locator(FixedLocator(draws))
    left.xaxis.set_minor_locator(NullLocator())
    left.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    left.margins(x=0.1, y=0.2)
    left.grid(axis="y")
    right.hist(gains, bins=24, color=REST)
    right.axvline(gains.mean(), color=ACCENT)
    right.annotate(pick(MEAN, lang).format(gain=decimal(gains.mean(), 2, lang)), (gains.mean(), 0.95), (6, 0),
                   ("data", "axes fraction"), "offset points", color=ACCENT, va="top")  # fmt: skip
    right.set(xlabel=pick(GAIN, lang), ylabel=pick(IMAGES, lang))
    add_heading(figure, title, lang)
    return figure
