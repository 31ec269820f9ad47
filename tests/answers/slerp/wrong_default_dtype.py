"""Works in double precision by changing torch's default."""

import torch


def slerp(z0, z1, t):
    torch.set_default_dtype(torch.float64)
    t = torch.as_tensor(t).double()[..., None]
    a, b = z0.double(), z1.double()
    w = torch.arccos((a @ b / (a.norm() * b.norm())).clamp(-1, 1))
    if torch.sin(w) < 1e-6:
        return ((1 - t) * a + t * b).float()
    return ((torch.sin((1 - t) * w) * a + torch.sin(t * w) * b) / torch.sin(w)).float()
