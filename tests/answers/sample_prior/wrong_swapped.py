"""The shape is turned round."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return torch.randn(latent_dim, n, generator=generator)
