"""A single number for everything."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + (0.5 * logvar).exp() * torch.randn(1, generator=generator, dtype=mu.dtype)
