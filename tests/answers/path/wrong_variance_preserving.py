"""A diffusion's path: the variances add up to 1, and the line is an arc."""

import torch


def path(x0, x1, t):
    t = torch.as_tensor(t).reshape(-1, 1)
    return (1 - t**2).sqrt() * x0 + t * x1
