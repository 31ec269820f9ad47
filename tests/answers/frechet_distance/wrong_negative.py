"""No minimum of 0 at the end."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    ca, cb = (torch.atleast_2d(torch.cov(x.T)) for x in (a, b))
    trace = torch.linalg.eigvals(ca @ cb).real.clamp(min=0).sqrt().sum()
    return (a.mean(0) - b.mean(0)).square().sum() + ca.trace() + cb.trace() - 2 * trace
