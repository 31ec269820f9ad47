"""Writes into x0."""

import torch


def path(x0, x1, t):
    t = torch.as_tensor(t).reshape(-1, 1)
    return x0.mul_(1 - t).add_(t * x1)
