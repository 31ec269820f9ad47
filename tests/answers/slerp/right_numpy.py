"""numpy inside."""

import numpy as np
import torch


def slerp(z0, z1, t):
    a, b, t = z0.numpy().astype(float), z1.numpy().astype(float), np.asarray(t, dtype=float)[..., None]
    w = np.arccos(np.clip(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)), -1, 1))
    if np.sin(w) < 1e-6:
        result = (1 - t) * a + t * b
    else:
        result = (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / np.sin(w)
    return torch.from_numpy(result).to(z0.dtype)
