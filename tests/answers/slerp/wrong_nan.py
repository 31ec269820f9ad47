"""nan for parallel vectors."""

import torch


def slerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype)[..., None]
    w = torch.arccos(z0 @ z1 / (z0.norm() * z1.norm()))
    return (torch.sin((1 - t) * w) * z0 + torch.sin(t * w) * z1) / torch.sin(w)
