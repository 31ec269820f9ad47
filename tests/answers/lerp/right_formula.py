"""t in a column."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)
    return (1 - t)[..., None] * z0 + t[..., None] * z1
