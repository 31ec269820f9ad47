"""Pieces of what questions compute: codes that are drawn and decoded, and numbers about pictures.

Pictures are (N, C, H, W) in [0, 1].
"""

import torch
from torch import Tensor

from ....faces import draw_gaussian
from ....sampling import sample_prior
from ...core.model import Model

SHARP, SOFT = "faces", "faces-beta-1"  # the same layers; with sigma measured, and with squared errors
SIX, OPENING_SEED = 6, 7  # pictures that are looked at before anybody predicts, and their seed


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def from_prior(model: Model, count: int = SIX, seed: int = OPENING_SEED) -> Tensor:
    return model.decode(sample_prior(count, model.latent_dim, generator(seed)))


def from_gaussian(model: Model, count: int = SIX, seed: int = OPENING_SEED, temperature: float = 1.0) -> Tensor:
    """Pictures whose codes come from the Gaussian that was fitted to the training codes."""
    mean, covariance = model.gaussian
    return model.decode(draw_gaussian(mean, temperature**2 * covariance, count, generator(seed)))


def typical_pictures(model: Model) -> Tensor:
    """Six pictures of a gallery whose codes lie nearest the middle."""
    return model.pictures[model.typical[:SIX]]


def some_pictures(model: Model, count: int, seed: int) -> Tensor:
    """Pictures of a gallery, drawn without repeats."""
    return model.pictures[torch.randperm(len(model.pictures), generator=generator(seed))[:count]]


def sharpness(x: Tensor) -> float:
    """Mean absolute step from pixel to pixel."""
    return float((x.diff(dim=-1).abs().mean() + x.diff(dim=-2).abs().mean()) / 2)


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distances between the pictures of two sets, (N, M)."""
    return torch.cdist(a.flatten(1), b.flatten(1), compute_mode="donot_use_mm_for_euclid_dist")


def diversity(x: Tensor) -> float:
    """Mean distance between two different pictures of a set."""
    return float(distances(x, x).sum() / (len(x) * (len(x) - 1)))


def scores(model: Model) -> dict:
    """What the model's card says it measures on test pictures: kl, reconstruction, psnr, active_units, ..."""
    return model.card["figures"]
