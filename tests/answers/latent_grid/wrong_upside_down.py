"""y grows downwards."""

import torch


def latent_grid(steps, limit=2.0):
    line = torch.linspace(-limit, limit, steps)
    return torch.column_stack([line.repeat(steps), line.repeat_interleave(steps)])
