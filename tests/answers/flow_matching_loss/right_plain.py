"""Written out."""

import torch


def path(x0, x1, t):
    return (1 - t[:, None]) * x0 + t[:, None] * x1


def flow_matching_loss(velocity, x1, generator=None):
    n, d = x1.shape
    x0 = torch.randn(n, d, generator=generator)
    t = torch.rand(n, generator=generator)
    error = velocity(path(x0, x1, t), t) - (x1 - x0)
    return (error**2).sum(dim=1).mean()
