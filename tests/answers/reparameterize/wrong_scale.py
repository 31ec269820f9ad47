"""Five percent too wide."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + 1.05 * (0.5 * logvar).exp() * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
