"""A list of parts."""

import torch


def minibatches(images, batch_size, generator=None):
    return list(images[torch.randperm(images.size(0), generator=generator)].split(batch_size))
