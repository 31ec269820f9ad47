"""logvar as the deviation."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + logvar * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
