"""The noise is +1 or -1."""

import torch


def reparameterize(mu, logvar, generator=None):
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype).sign()
    return mu + (0.5 * logvar).exp() * eps
