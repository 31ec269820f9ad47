"""The root of a symmetric product."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    ca, cb = torch.atleast_2d(torch.cov(a.T)), torch.atleast_2d(torch.cov(b.T))
    values, vectors = torch.linalg.eigh(ca)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    trace = torch.linalg.eigvalsh(root @ cb @ root).clamp(min=0).sqrt().sum()
    d = (a.mean(0) - b.mean(0)).square().sum() + ca.trace() + cb.trace() - 2 * trace
    return d.clamp(min=0)
