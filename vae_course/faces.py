"""Lesson 09: directions of attributes in the latent space, and where its codes really lie."""

import torch
from torch import Tensor


def attribute_direction(z: Tensor, labels: Tensor) -> Tensor:
    """From the mean code without the attribute to the mean code with it (Larsen et al. 2016).

    z: (N, D); labels: (N,) bool. Returns (D,). Raises ValueError when every picture, or none, has the attribute.
    """
    if labels.all() or not labels.any():
        raise ValueError("both pictures with the attribute and pictures without it are needed")
    return z[labels].mean(dim=0) - z[~labels].mean(dim=0)


def apply_attribute(z: Tensor, direction: Tensor, strength: float) -> Tensor:
    """z (N, D) moved by strength times direction (D,)."""
    return z + strength * direction


def fit_latent_gaussian(mu: Tensor, logvar: Tensor) -> tuple[Tensor, Tensor]:
    """The Gaussian with the aggregate posterior's moments, for ex-post density estimation (Ghosh et al. 2020).

    mu, logvar: (N, D) over a whole set. Returns (mean, covariance), (D,) and (D, D): the law of total variance.
    """
    return mu.mean(dim=0), torch.cov(mu.T).reshape(mu.shape[1], -1) + torch.diag(logvar.exp().mean(dim=0))


def draw_gaussian(mean: Tensor, covariance: Tensor, n: int, generator: torch.Generator | None = None) -> Tensor:
    """n draws from N(mean, covariance), (n, D); directions without variance stay without."""
    eps = torch.randn(n, len(mean), generator=generator).double()
    return (mean + eps @ gaussian_factor(covariance).T).to(mean.dtype)


def gaussian_factor(covariance: Tensor) -> Tensor:
    """F with F F^T = covariance, (D, D) float64: the eigenvectors times their standard deviations."""
    values, vectors = torch.linalg.eigh(covariance.double())
    return vectors * values.clamp(min=0).sqrt()
