"""sigma instead of its square."""

import torch


def fit_latent_gaussian(mu, logvar):
    return mu.mean(dim=0), torch.atleast_2d(torch.cov(mu.T)) + torch.diag((logvar / 2).exp().mean(dim=0))
