"""Two loops."""

import torch


def latent_grid(steps, limit=2.0):
    points = []
    for row in range(steps):
        for column in range(steps):
            points.append([-limit + 2 * limit * column / (steps - 1), limit - 2 * limit * row / (steps - 1)])
    return torch.tensor(points)
