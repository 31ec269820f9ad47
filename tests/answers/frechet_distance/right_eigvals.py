"""The eigenvalues of the product."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    ca, cb = (torch.cov(x.T).reshape(x.shape[1], x.shape[1]) for x in (a, b))
    trace = torch.linalg.eigvals(ca @ cb).real.clamp(min=0).sqrt().sum()
    means = torch.sum((a.mean(0) - b.mean(0)) ** 2)
    return max(0.0, (means + torch.trace(ca) + torch.trace(cb) - 2 * trace).item())
