"""torch.where between the two."""

import torch


def slerp(z0, z1, t):
    t = torch.as_tensor(t, dtype=z0.dtype).unsqueeze(-1)
    dot = torch.dot(z0, z1) / (torch.linalg.norm(z0) * torch.linalg.norm(z1))
    flat = dot.abs() > 1 - 1e-6
    w = torch.acos(torch.where(flat, torch.zeros_like(dot), dot))
    s = torch.sin(torch.where(flat, torch.ones_like(w), w))
    return torch.where(flat, (1 - t) * z0 + t * z1, torch.sin((1 - t) * w) / s * z0 + torch.sin(t * w) / s * z1)
