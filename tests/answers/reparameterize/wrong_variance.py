"""exp(logvar) is the variance, not the deviation."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + torch.exp(logvar) * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
