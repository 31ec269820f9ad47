"""From x1 to x0."""

import torch


def path(x0, x1, t):
    t = torch.as_tensor(t).reshape(-1, 1)
    return t * x0 + (1 - t) * x1
