"""No gradient for mu."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu.detach() + (0.5 * logvar).exp() * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
