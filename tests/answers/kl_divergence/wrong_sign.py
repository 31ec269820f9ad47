"""The minus sign is lost."""

import torch


def kl_divergence(mu, logvar):
    return 0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1)
