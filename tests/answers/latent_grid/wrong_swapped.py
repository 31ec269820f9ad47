"""(y, x)."""

import torch


def latent_grid(steps, limit=2.0):
    x = torch.linspace(-limit, limit, steps)
    y = torch.linspace(limit, -limit, steps)
    return torch.column_stack([y.repeat_interleave(steps), x.repeat(steps)])
