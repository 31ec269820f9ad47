"""Every figure of the course: arrays or tensors in, a matplotlib `Figure` out, for a printed page and a projector.

Pictures are (N, C, H, W) with C 1 (shown in grey) or 3 (RGB), floats in [0, 1]. `lang` is "es" or "en", by default the
course's language. Dimensions of z are numbered as in code, from 0: "z_17" is z[:, 17]. What belongs to one lesson is
in a module of its own, such as `figures.loss`.
"""

from .curves import kl_bars, loss_curves, rate_distortion
from .maps import latent_pairs, latent_space
from .pictures import (
    history_of_samples,
    interpolation,
    latent_grid,
    latent_traversal,
    reconstructions,
    rows,
    samples,
    tile,
)
from .style import save

__all__ = [
    "history_of_samples",
    "interpolation",
    "kl_bars",
    "latent_grid",
    "latent_pairs",
    "latent_space",
    "latent_traversal",
    "loss_curves",
    "rate_distortion",
    "reconstructions",
    "rows",
    "samples",
    "save",
    "tile",
]
