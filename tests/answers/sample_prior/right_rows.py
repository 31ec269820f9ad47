"""Row by row."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return torch.stack([torch.randn(latent_dim, generator=generator) for _ in range(n)])
