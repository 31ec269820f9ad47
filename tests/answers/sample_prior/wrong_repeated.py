"""One draw for all."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return torch.randn(1, latent_dim, generator=generator).repeat(n, 1)
