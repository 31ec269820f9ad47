"""The default limit is 3."""

import torch


def latent_grid(steps, limit=3.0):
    x = torch.linspace(-limit, limit, steps)
    y = torch.linspace(limit, -limit, steps)
    return torch.column_stack([x.repeat(steps), y.repeat_interleave(steps)])
