"""torch.distributions."""

import torch
from torch.distributions import Normal


def log_normal(z, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(-1)
