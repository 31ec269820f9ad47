"""Absolute instead of squared error."""

import torch


def nearest_neighbours(samples, training_images):
    return torch.cdist(samples.flatten(1), training_images.flatten(1), p=1).argmin(dim=1)
