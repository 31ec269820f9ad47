"""Normal noise from uniform noise by Box and Muller."""

import math

import torch


def reparameterize(mu, logvar, generator=None):
    u = torch.rand(mu.shape, generator=generator, dtype=torch.float64).clamp_min(1e-12)
    v = torch.rand(mu.shape, generator=generator, dtype=torch.float64)
    eps = (torch.sqrt(-2 * u.log()) * torch.cos(2 * math.pi * v)).to(mu.dtype)
    return mu + (0.5 * logvar).exp() * eps
