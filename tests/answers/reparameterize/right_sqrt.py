"""The root of the variance, addcmul."""

import torch


def reparameterize(mu, logvar, generator=None):
    eps = torch.normal(torch.zeros(mu.shape, dtype=mu.dtype), torch.ones(mu.shape, dtype=mu.dtype), generator=generator)
    return torch.addcmul(mu, torch.sqrt(logvar.exp()), eps)
