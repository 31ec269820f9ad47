"""Covariances divided by N."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    ca, cb = (torch.atleast_2d(torch.cov(x.T, correction=0)) for x in (a, b))
    trace = torch.linalg.eigvals(ca @ cb).real.clamp(min=0).sqrt().sum()
    return ((a.mean(0) - b.mean(0)).square().sum() + ca.trace() + cb.trace() - 2 * trace).clamp(min=0)
