"""Drawn in NumPy: no gradient passes."""

import torch


def reparameterize(mu, logvar, generator=None):
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
    return mu.detach().numpy() + (logvar / 2).exp().detach().numpy() * eps.numpy()
