"""The noise has no negative values."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + (0.5 * logvar).exp() * torch.randn(mu.shape, generator=generator, dtype=mu.dtype).abs()
