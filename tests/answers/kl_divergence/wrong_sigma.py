"""sigma where sigma squared belongs."""

import torch


def kl_divergence(mu, logvar):
    return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(dim=1)
