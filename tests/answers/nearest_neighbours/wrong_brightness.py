"""The nearest mean brightness."""

import torch


def nearest_neighbours(samples, training_images):
    a, b = samples.flatten(1).mean(1), training_images.flatten(1).mean(1)
    return (a[:, None] - b[None]).abs().argmin(dim=1)
