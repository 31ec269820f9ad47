"""The squared norm of what is off, code by code."""

import torch


def flow_matching_loss(velocity, x1, generator=None):
    x0 = torch.normal(torch.zeros_like(x1), torch.ones_like(x1), generator=generator)
    way = x1 - x0
    t = torch.rand((x1.shape[0], 1), generator=generator)
    off = velocity(x0 + t * way, t.squeeze(1)) - way
    return torch.linalg.vector_norm(off, dim=1).square().mean()
