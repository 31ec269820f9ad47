"""From 0 to limit."""

import torch


def latent_grid(steps, limit=2.0):
    line = torch.linspace(0, limit, steps)
    return torch.column_stack([line.repeat(steps), line.flip(0).repeat_interleave(steps)])
