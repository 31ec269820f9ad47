"""torch.lerp."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)
    if t.ndim == 0:
        return torch.lerp(z0, z1, t)
    return torch.lerp(z0.expand(len(t), -1), z1.expand(len(t), -1), t.unsqueeze(1))
