"""Dimension by dimension, in double precision."""

import torch


def fit_latent_gaussian(mu, logvar):
    x, v = mu.double(), logvar.double().exp()
    n, d = x.shape
    mean = x.mean(0)
    cov = torch.empty(d, d, dtype=torch.float64)
    for i in range(d):
        for j in range(d):
            cov[i, j] = ((x[:, i] - mean[i]) * (x[:, j] - mean[j])).sum() / (n - 1) + (v[:, i].mean() if i == j else 0)
    return mean.float(), cov.float()
