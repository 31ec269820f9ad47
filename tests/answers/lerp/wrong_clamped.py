"""t is clamped to [0, 1]."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype).clamp(0, 1)[..., None]
    return (1 - t) * z0 + t * z1
