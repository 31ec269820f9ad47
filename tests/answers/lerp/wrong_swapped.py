"""From z1 to z0."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)[..., None]
    return t * z0 + (1 - t) * z1
