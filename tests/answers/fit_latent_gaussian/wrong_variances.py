"""A vector of variances."""

import torch


def fit_latent_gaussian(mu, logvar):
    return mu.mean(dim=0), mu.var(dim=0) + logvar.exp().mean(dim=0)
