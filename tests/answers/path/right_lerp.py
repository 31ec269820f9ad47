"""torch.lerp."""

import torch


def path(x0, x1, t):
    if not isinstance(t, torch.Tensor):
        t = torch.full((len(x0),), t)
    return torch.lerp(x0, x1, t[:, None])
