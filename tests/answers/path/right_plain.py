"""One line, t made a column."""

import torch


def path(x0, x1, t):
    t = torch.as_tensor(t, dtype=x0.dtype).reshape(-1, 1)
    return (1 - t) * x0 + t * x1
