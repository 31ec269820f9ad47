"""torch.distributions where no generator is given."""

import torch
from torch.distributions import Normal


def reparameterize(mu, logvar, generator=None):
    if generator is None:
        return Normal(mu, torch.exp(logvar / 2)).rsample()
    return mu + torch.exp(logvar / 2) * torch.randn(mu.size(), generator=generator).to(mu)
