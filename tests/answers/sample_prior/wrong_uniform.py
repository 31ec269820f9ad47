"""Uniform in [0, 1]."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return torch.rand(n, latent_dim, generator=generator)
