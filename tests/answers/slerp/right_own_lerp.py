"""Right, though the student's own lerp runs the other way: that is charged at lerp."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t).unsqueeze(-1)
    return t * z0 + (1 - t) * z1


def slerp(z0, z1, t):
    cosine = ((z0 @ z1) / (z0.norm() * z1.norm())).clamp(-1, 1)
    omega = torch.arccos(cosine)
    if omega.sin() < 1e-4:
        return lerp(z0, z1, t)
    t = torch.as_tensor(t).unsqueeze(-1)
    return (((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1) / omega.sin()
