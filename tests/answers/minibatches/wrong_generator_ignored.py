"""The generator is not used."""

import torch


def minibatches(images, batch_size, generator=None):
    for part in torch.randperm(len(images)).split(batch_size):
        yield images[part]
