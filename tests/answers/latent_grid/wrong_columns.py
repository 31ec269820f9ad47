"""Column by column."""

import torch


def latent_grid(steps, limit=2.0):
    x = torch.linspace(-limit, limit, steps)
    y = torch.linspace(limit, -limit, steps)
    return torch.column_stack([x.repeat_interleave(steps), y.repeat(steps)])
