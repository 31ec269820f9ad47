"""exp of the mean logvar."""

import torch


def fit_latent_gaussian(mu, logvar):
    return mu.mean(dim=0), torch.atleast_2d(torch.cov(mu.T)) + torch.diag(logvar.mean(dim=0).exp())
