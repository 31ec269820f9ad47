"""A loop over t."""

import torch


def lerp(z0, z1, t):
    if isinstance(t, (int, float)):
        return z0 + t * (z1 - z0)
    return torch.stack([z0 + float(s) * (z1 - z0) for s in t])
