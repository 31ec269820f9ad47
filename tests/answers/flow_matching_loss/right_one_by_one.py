"""Code by code."""

import torch


def flow_matching_loss(velocity, x1, generator=None):
    total = 0.0
    for code in x1.split(1):
        x0 = torch.randn(1, code.shape[1], generator=generator)
        t = torch.rand(1, generator=generator)
        off = velocity((1 - t) * x0 + t * code, t) - (code - x0)
        total = total + off.pow(2).sum()
    return total / len(x1)
