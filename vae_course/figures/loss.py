"""The figures of lesson 04: what a pixel, a cloud and a picture cost, and the ELBO under its ceiling."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..numbers import decimal
from ..text import Both, pick
from .pictures import RECONSTRUCTED, as_pictures, as_rgb, middle, name_columns, sheet_size, show_sheet
from .style import (
    BESIDE,
    COURSE_LANGUAGE,
    INK,
    KL,
    PALETTE,
    RECONSTRUCTION,
    REST,
    Chart,
    as_array,
    as_words,
    fit_figure,
    in_style,
    same_length,
)

FLOOR = "#9CC9E4"  # the part of a reconstruction that no model can save
NATS = "nats"
ABOVE = {
    "textcoords": "offset points",
    "ha": "center",
    "bbox": {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
}
GUESS = Both(es="lo que apuesta el decoder: x̂", en="what the decoder bets: x̂")
PIXEL = Both(es="píxel x = {x:g}", en="pixel x = {x:g}")
BCE, SQUARED = Both(es="BCE (nats)", en="BCE (nats)"), Both(es="error cuadrático", en="squared error")


def _curve(values, name: str, length: int) -> np.ndarray:
    values = as_array(values).astype(float)
    if values.shape != (length,):
        raise ValueError(f"{name}: expected shape ({length},), got {values.shape}")
    return values


@in_style
def pixel_prices(x_hat, bce, mse, pixels, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """What one pixel costs for each bet: x_hat (T,); bce, mse (P, T), a curve for each of the P pixel values."""
    x_hat = as_array(x_hat).astype(float)
    same_length(bce=bce, mse=mse, pixels=pixels)
    figure = Chart(7.5, 3.2)
    for ax, prices, name in zip(figure.subplots(1, 2), (bce, mse), (BCE, SQUARED), strict=True):
        for values, pixel, colour, style in zip(prices, pixels, PALETTE, ("-", "--", "-.", ":"), strict=False):
            values = _curve(values, "prices", len(x_hat))
            lowest = int(values.argmin())
            ax.plot(x_hat, values, style, color=colour, label=pick(PIXEL, lang).format(x=float(pixel)))
            ax.plot(x_hat[lowest], values[lowest], "o", color=colour, markersize=8, clip_on=False, zorder=3)
            if values[lowest] > 0.01:
                ax.annotate(f"{values[lowest]:.3f}", (x_hat[lowest], values[lowest]), (0, 9), **ABOVE)
        ax.set(
            title=pick(name, lang),
            xlabel=pick(GUESS, lang),
            xlim=(0, 1),
            ylim=(0, min(4, 1.05 * np.max(as_array(prices)))),
        )
        ax.grid()
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=len(pixels))
    return figure


MOVED = Both(es="mover la nube (sigma = 1)", en="moving the cloud (sigma = 1)")
SQUEEZED = Both(es="apretar o inflar la nube (mu = 0)", en="squeezing or swelling it (mu = 0)")
CLOUD = Both(es="KL (nats), una dimensión", en="KL (nats), one dimension")


@in_style
def cloud_prices(mu, kl_of_mu, sigma, kl_of_sigma, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """The KL of a one-dimensional cloud: by mu (T,) with sigma 1, and by sigma (S,) with mu 0."""
    figure = Chart(7.5, 3)
    panels = ((mu, kl_of_mu, "mu", MOVED), (sigma, kl_of_sigma, "sigma", SQUEEZED))
    for ax, (x, values, symbol, title) in zip(figure.subplots(1, 2, sharey=True), panels, strict=True):
        x = as_array(x).astype(float)
        ax.plot(x, _curve(values, f"KL by {symbol}", len(x)), color=KL, linewidth=2.4)
        ax.set(title=pick(title, lang), xlabel=symbol, xlim=(x[0], x[-1]))
        ax.grid()
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    figure.axes[0].set(ylabel=pick(CLOUD, lang), ylim=(0, None))
    return figure


DRAWS = Both(es="sorteos de z", en="draws of z")
RUNNING = Both(es="media de log q(z|x) − log p(z)", en="mean of log q(z|x) − log p(z)")
BAND = Both(es="± 2 errores estándar", en="± 2 standard errors")
FORMULA = Both(es="kl_divergence: {kl:.3f} nats", en="kl_divergence: {kl:.3f} nats")


@in_style
def running_mean(draws, exact: float, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """A Monte Carlo estimate settling on its exact value: the mean of the first k of draws (K,), from 2 to all."""
    draws = as_array(draws).astype(float)
    if draws.ndim != 1 or len(draws) < 2:
        raise ValueError(f"draws: expected shape (K,) with K at least 2, got {draws.shape}")
    k = np.arange(1, len(draws) + 1)
    mean = draws.cumsum() / k
    error = 2 * np.sqrt(np.maximum((draws**2).cumsum() / k - mean**2, 0) / k)
    figure = Chart(7.5, 3.3)
    ax = figure.subplots()
    ax.axhline(float(exact), color=KL, linewidth=2, linestyle="--", label=pick(FORMULA, lang).format(kl=float(exact)))
    ax.fill_between(k[1:], (mean - error)[1:], (mean + error)[1:], color=FLOOR, alpha=0.6, label=pick(BAND, lang))
    ax.plot(k[1:], mean[1:], color=RECONSTRUCTION, label=pick(RUNNING, lang))
    ax.set(xscale="log", xlabel=pick(DRAWS, lang), ylabel=NATS, xlim=(2, len(draws)))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.grid()
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


POSTERIOR, CANDIDATE = Both(es="p(z|x), exacto", en="p(z|x), exact"), Both(es="q(z|x)", en="q(z|x)")
CENTRE = Both(es="centro de q", en="centre of q")
CEILING = Both(es="techo: log p(x) = {value}", en="ceiling: log p(x) = {value}")
GAP = Both(es="brecha = KL(q || p(z|x))", en="gap = KL(q || p(z|x))")
PANEL = Both(es="brecha: {gap:.3f} nats", en="gap: {gap:.3f} nats")


@in_style
def elbo(z, posterior, clouds, centres, bounds, path, path_bounds, ceiling, *, lang: str = COURSE_LANGUAGE) -> Figure:
    """The ELBO under log p(x) in one picture: some q above, as densities over z; below, the bound as q slides.

    z, posterior: (T,); clouds (C, T) with centres and bounds (C,); path, path_bounds: (M,); ceiling: log p(x).
    """
    z, posterior, ceiling = as_array(z).astype(float), _curve(posterior, "posterior", len(z)), float(ceiling)
    same_length(clouds=clouds, centres=centres, bounds=bounds)
    path, centres = as_array(path).astype(float), as_array(centres).astype(float)
    path_bounds, bounds = _curve(path_bounds, "path_bounds", len(path)), as_array(bounds).astype(float)
    highest = np.maximum(posterior, as_array(clouds).max(axis=0))
    seen = highest > 0.003 * highest.max()
    figure = Chart(7.5, 5)
    grid = figure.add_gridspec(2, len(centres), height_ratios=(1, 1.5))
    bottom = figure.add_subplot(grid[1, :])
    for k, cloud in enumerate(clouds):
        ax = figure.add_subplot(grid[0, k])
        ax.fill_between(z, posterior, color=REST, linewidth=0)
        ax.plot(z, _curve(cloud, "cloud", len(z)), color=RECONSTRUCTION)
        ax.set_title(pick(PANEL, lang).format(gap=max(ceiling - bounds[k], 0)), color=KL, size=10)
        ax.set(xlabel="z", yticks=[], xlim=(z[seen][0], z[seen][-1]), ylim=(0, 1.1 * highest.max()))
        ax.spines["left"].set_visible(False)
    bottom.fill_between(path, path_bounds, ceiling, color=KL, alpha=0.3, linewidth=0)
    bottom.plot(path, path_bounds, color=RECONSTRUCTION, linewidth=2.4)
    bottom.axhline(ceiling, color=INK, linewidth=2)
    bottom.vlines(centres, bounds, ceiling, color=KL, linewidth=1.6)
    bottom.plot(centres, bounds, "o", color=RECONSTRUCTION, markersize=8)
    room = max(ceiling - min(path_bounds.min(), bounds.min()), 0.1)
    bottom.set(xlabel=pick(CENTRE, lang), ylabel=NATS, xlim=(path[0], path[-1]))
    bottom.set_ylim(ceiling - 1.05 * room, ceiling + 0.2 * room)
    top = pick(CEILING, lang).format(value=decimal(ceiling, 3, lang))
    bottom.annotate(top, (0.01, ceiling), (0, 4), BESIDE, "offset points")
    figure.legend(handles=_elbo_key(lang), loc="outside lower center", ncols=4)
    return figure


def _elbo_key(lang: str) -> list:
    return [
        Patch(color=REST, label=pick(POSTERIOR, lang)),
        Line2D([], [], color=RECONSTRUCTION, label=pick(CANDIDATE, lang)),
        Line2D([], [], color=RECONSTRUCTION, marker="o", label="ELBO"),
        Patch(color=KL, alpha=0.3, label=pick(GAP, lang)),
    ]


@in_style
def tagged(images, tags, *, columns: int = 8, title=None, lang: str = COURSE_LANGUAGE) -> Figure:
    """Pictures (N, C, H, W), each row of them a sheet, with a tag below each picture; tags may have lines."""
    images, tags = as_pictures(images), as_words(tags, lang)
    same_length(images=images, tags=tags)
    columns = min(columns, len(images))
    size = sheet_size(images[:columns], columns)
    starts = range(0, len(images), columns)
    longest = max(map(len, "\n".join(tags).splitlines()), default=1)
    figure = Chart(8, 8)
    axes = figure.subplots(len(starts), 1, squeeze=False)[:, 0]
    for ax, start in zip(axes, starts, strict=True):
        row = images[start : start + columns]
        blank = np.ones((columns - len(row), *row.shape[1:]), row.dtype)  # a short last row ends in white
        show_sheet(ax, np.concatenate([row, blank]), columns, top=tags[start : start + columns])
        ax.tick_params(
            axis="x",
            labelsize=min(10, max(8, 110 * size[0] / columns / longest)),
            labeltop=False,
            labelbottom=True,
        )
    axes[0].set_title(pick(title, lang) or "")
    return fit_figure(figure, axes, *size, passes=2)


UNAVOIDABLE = Both(es="piso: píxeles grises", en="floor: grey pixels")
AVOIDABLE = Both(es="error de la reconstrucción", en="error of the reconstruction")
CLOUDS = Both(es="KL: la nube", en="KL: the cloud")


@in_style
def price_list(
    images, reconstructed, reconstruction, kl, *, floor=None, labels=None, title=None, lang: str = COURSE_LANGUAGE
) -> Figure:
    """Each picture, its reconstruction and, hanging below, its receipt in nats.

    images, reconstructed: (N, C, H, W); reconstruction, kl: (N,); floor: (N,), the share of the reconstruction that a
    perfect copy would cost too.
    """
    images, reconstructed = as_pictures(images), as_pictures(reconstructed, "reconstructed")
    n = len(images)
    reconstruction, kl = _curve(reconstruction, "reconstruction", n), _curve(kl, "kl", n)
    base = np.zeros(n) if floor is None else _curve(floor, "floor", n)
    sheet = np.concatenate([as_rgb(images), as_rgb(reconstructed)])
    size = sheet_size(sheet, n, widest=5.8)
    figure = Chart(7.5, 5)
    top, bottom = figure.subplots(2, 1, height_ratios=(size[1], 2.4))
    width = images.shape[-1]
    shown = show_sheet(top, sheet, n, left=["x", pick(RECONSTRUCTED, lang)])
    name_columns(top, as_words(labels, lang), width, size[0] / n)
    top.set_title(pick(title, lang) or "")
    parts = [(base, FLOOR, UNAVOIDABLE)] if floor is not None else []
    parts += [(reconstruction - base, RECONSTRUCTION, AVOIDABLE), (kl, KL, CLOUDS)]
    _receipts(bottom, [middle(k, width) for k in range(n)], 0.62 * width, parts, lang)
    bottom.set_xlim(-0.5, shown.shape[1] - 0.5)
    figure.legend(*bottom.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fit_figure(figure, [top, bottom], size[0], (size[1] + 2.4) / 2, passes=2)


def _receipts(ax, places, width: float, parts, lang: str) -> None:
    """Stacked bars that hang from 0, their total written at the end."""
    total = np.zeros(len(places))
    for values, colour, name in parts:
        ax.bar(places, values, width, total, color=colour, edgecolor="white", linewidth=0.6, label=pick(name, lang))
        total = total + values
    for place, value in zip(places, total, strict=True):
        ax.annotate(f"{value:.0f}", (place, value), (0, -4), textcoords="offset points", ha="center", va="top")
    ax.set(xticks=[], ylabel=NATS, ylim=(1.14 * total.max(), 0))
    ax.spines["bottom"].set_visible(False)
    ax.grid(axis="y")
