"""All dimensions of an image share their noise."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + (0.5 * logvar).exp() * torch.randn(mu.shape[0], 1, generator=generator, dtype=mu.dtype)
