"""The diagonal of the covariance, a loop."""

import torch


def active_units(mu, threshold=0.01):
    covariance = torch.atleast_2d(torch.cov(mu.double().T))
    return sum(1 for d in range(mu.shape[1]) if covariance[d, d] > threshold)
