"""Tensors instead of numbers."""

import torch
from vae_course.training import train_step


def train_epoch(model, batches, optimizer, beta=1.0):
    sums, count = {"loss": 0.0, "reconstruction": 0.0, "kl": 0.0}, 0
    for x in batches:
        found = train_step(model, x, optimizer, beta)
        for name in sums:
            sums[name] += found[name] * len(x)
        count += len(x)
    return {name: torch.tensor(total / count) for name, total in sums.items()}
