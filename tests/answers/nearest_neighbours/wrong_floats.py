"""The indices are floats, which can't index."""

import torch


def nearest_neighbours(samples, training_images):
    found = torch.zeros(len(samples))
    for k, sample in enumerate(samples):
        found[k] = (training_images - sample).square().flatten(1).sum(dim=1).argmin()
    return found
