"""The KL of the mean code."""

import torch


def kl_per_dimension(mu, logvar):
    mu, logvar = mu.mean(dim=0), logvar.mean(dim=0)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)
