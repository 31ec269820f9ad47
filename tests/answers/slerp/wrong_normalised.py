"""Normalises the vectors."""

import torch


def slerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)[..., None]
    z0, z1 = z0 / z0.norm(), z1 / z1.norm()
    w = torch.arccos((z0 @ z1).clamp(-1, 1))
    if torch.sin(w) < 1e-4:
        return (1 - t) * z0 + t * z1
    return (torch.sin((1 - t) * w) * z0 + torch.sin(t * w) * z1) / torch.sin(w)
