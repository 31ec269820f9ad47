"""A fixed seed inside."""

import torch


def reparameterize(mu, logvar, generator=None):
    generator = torch.Generator().manual_seed(0)
    return mu + (0.5 * logvar).exp() * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
