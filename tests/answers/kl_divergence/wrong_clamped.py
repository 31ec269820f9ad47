"""logvar clamped to a small range."""

import torch


def kl_divergence(mu, logvar):
    logvar = logvar.clamp(-2, 2)
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)
