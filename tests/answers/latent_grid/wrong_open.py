"""Without the far ends."""

import torch


def latent_grid(steps, limit=2.0):
    line = torch.linspace(-limit, limit, steps + 1)[:-1]
    return torch.column_stack([line.repeat(steps), line.flip(0).repeat_interleave(steps)])
