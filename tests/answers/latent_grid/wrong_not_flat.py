"""(steps, steps, 2)."""

import torch


def latent_grid(steps, limit=2.0):
    line = torch.linspace(-limit, limit, steps)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x, y], dim=-1)
