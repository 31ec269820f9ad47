"""The straight line."""

import torch


def slerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)[..., None]
    return (1 - t) * z0 + t * z1
