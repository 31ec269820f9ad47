"""torch.cov."""

import torch


def fit_latent_gaussian(mu, logvar):
    d = mu.shape[1]
    return mu.mean(dim=0), torch.cov(mu.T).reshape(d, d) + torch.diag(logvar.exp().mean(dim=0))
