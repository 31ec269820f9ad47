"""Right, but as a matrix of one number: (1, 1)."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    ca, cb = torch.atleast_2d(torch.cov(a.T)), torch.atleast_2d(torch.cov(b.T))
    trace = torch.linalg.eigvals(ca @ cb).real.clamp(min=0).sqrt().sum()
    apart = (a.mean(dim=0) - b.mean(dim=0)).unsqueeze(0)
    return (apart @ apart.T + ca.trace() + cb.trace() - 2 * trace).clamp(min=0)
