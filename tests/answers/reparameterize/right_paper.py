"""As in the paper."""

import torch


def reparameterize(mu, logvar, generator=None):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=mu.device)
    return mu + std * eps
