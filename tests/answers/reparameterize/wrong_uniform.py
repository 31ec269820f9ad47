"""Uniform noise in [0, 1]."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu + (0.5 * logvar).exp() * torch.rand(mu.shape, generator=generator, dtype=mu.dtype)
