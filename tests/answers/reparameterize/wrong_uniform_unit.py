"""Uniform noise of mean 0 and variance 1."""

import torch


def reparameterize(mu, logvar, generator=None):
    eps = (torch.rand(mu.shape, generator=generator, dtype=mu.dtype) - 0.5) * 12**0.5
    return mu + (0.5 * logvar).exp() * eps
