"""Divides by N."""

import torch


def fit_latent_gaussian(mu, logvar):
    return mu.mean(dim=0), torch.atleast_2d(torch.cov(mu.T, correction=0)) + torch.diag(logvar.exp().mean(dim=0))
