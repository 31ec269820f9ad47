"""Nothing but zeros."""

import torch


def kl_divergence(mu, logvar):
    return torch.zeros(len(mu))
