"""Lesson 03: drawing latent codes, in a way that gradients can pass."""

import torch
from torch import Tensor


def reparameterize(mu: Tensor, logvar: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """z = mu + std * eps with eps ~ N(0, I): the reparameterization trick (Kingma and Welling 2014, section 2.4).

    mu, logvar: (N, D); logvar is the natural logarithm of the variance. Returns z, (N, D), in mu's dtype and on its
    device; gradients reach mu and logvar. Chance enters through `generator`, or torch's global one.
    """
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=mu.device)
    return mu + std * eps


def sample_prior(n: int, latent_dim: int, generator: torch.Generator | None = None) -> Tensor:
    """n draws from the prior p(z) = N(0, I), (n, latent_dim)."""
    return torch.randn(n, latent_dim, generator=generator)
