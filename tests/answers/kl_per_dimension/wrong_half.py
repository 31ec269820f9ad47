"""Without the factor 1/2."""

import torch


def kl_per_dimension(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).mean(dim=0)
