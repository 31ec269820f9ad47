"""A deviation of 0.9."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return 0.9 * torch.randn(n, latent_dim, generator=generator)
