"""A complex number."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    ca, cb = torch.atleast_2d(torch.cov(a.T)), torch.atleast_2d(torch.cov(b.T))
    trace = torch.linalg.eigvals(ca @ cb).sqrt().sum()
    return (a.mean(0) - b.mean(0)).square().sum() + ca.trace() + cb.trace() - 2 * trace
