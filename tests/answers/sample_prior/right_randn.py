"""torch.randn."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return torch.randn(n, latent_dim, generator=generator)
