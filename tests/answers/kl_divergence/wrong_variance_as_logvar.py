"""Takes logvar for the variance."""

import torch


def kl_divergence(mu, logvar):
    variance = logvar.abs() + 1e-8
    return 0.5 * (mu**2 + variance - 1 - variance.log()).sum(dim=1)
