"""torch.distributions."""

import torch
from torch.distributions import Normal, kl_divergence


def kl_per_dimension(mu, logvar):
    return kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(0)
