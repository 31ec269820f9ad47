"""math, a loop over t."""

import math

import torch


def slerp(z0, z1, t):
    if not isinstance(t, (int, float)) and torch.as_tensor(t).ndim:
        return torch.stack([slerp(z0, z1, float(s)) for s in t])
    t = float(t)
    cosine = float(torch.nn.functional.cosine_similarity(z0.double(), z1.double(), dim=0))
    w = math.acos(max(-1.0, min(1.0, cosine)))
    if math.sin(w) < 1e-5:
        return (1 - t) * z0 + t * z1
    return math.sin((1 - t) * w) / math.sin(w) * z0 + math.sin(t * w) / math.sin(w) * z1
