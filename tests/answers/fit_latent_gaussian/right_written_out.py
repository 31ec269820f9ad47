"""Written out."""

import torch


def fit_latent_gaussian(mu, logvar):
    mean = mu.sum(0) / len(mu)
    x = mu - mean
    cov = x.T @ x / (len(mu) - 1)
    return mean, cov + torch.diag_embed(torch.exp(logvar).mean(0))
