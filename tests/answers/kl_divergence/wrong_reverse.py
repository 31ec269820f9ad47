"""KL of the prior to the posterior."""

import torch


def kl_divergence(mu, logvar):
    return 0.5 * ((1 + mu**2) / logvar.exp() - 1 + logvar).sum(dim=1)
