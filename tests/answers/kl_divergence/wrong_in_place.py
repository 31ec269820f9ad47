"""Right numbers, but logvar is overwritten."""

import torch


def kl_divergence(mu, logvar):
    total = 0.5 * (mu**2 - 1 - logvar).sum(dim=1)
    with torch.no_grad():
        width = logvar.clone().exp()
        logvar.mul_(1.0).add_(1e-3)
    return total + 0.5 * width.sum(dim=1)
