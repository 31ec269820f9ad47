"""The angle from unit vectors by arctan2."""

import torch


def slerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=torch.float64)[..., None]
    a, b = z0.double() / z0.double().norm(), z1.double() / z1.double().norm()
    w = 2 * torch.atan2((a - b).norm(), (a + b).norm())
    if w.sin().abs() < 1e-5:
        return ((1 - t) * z0 + t * z1).to(z0.dtype)
    return (((1 - t) * w).sin() / w.sin() * z0 + (t * w).sin() / w.sin() * z1).to(z0.dtype)
