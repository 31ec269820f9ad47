"""Constant, width and distance apart, by exp(-logvar)."""

import math

import torch


def log_normal(z, mu, logvar):
    z, mu, logvar = torch.broadcast_tensors(z, mu, logvar)
    constant = z.shape[1] * math.log(2 * math.pi)
    return -(constant + logvar.sum(1) + ((z - mu).square() * torch.exp(-logvar)).sum(1)) / 2
