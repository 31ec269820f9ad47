"""No gradient for logvar."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + (0.5 * logvar).exp().detach() * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
