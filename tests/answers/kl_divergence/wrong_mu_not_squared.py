"""mu instead of its square."""

import torch


def kl_divergence(mu, logvar):
    return 0.5 * (mu + logvar.exp() - 1 - logvar).sum(dim=1)
