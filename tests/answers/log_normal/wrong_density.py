"""The density, not its logarithm."""

import math

import torch


def log_normal(z, mu, logvar):
    return torch.exp(-0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp()).sum(dim=-1))
