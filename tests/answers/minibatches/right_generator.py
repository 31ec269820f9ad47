"""A generator over a permutation."""

import torch


def minibatches(images, batch_size, generator=None):
    order = torch.randperm(len(images), generator=generator)
    for start in range(0, len(images), batch_size):
        yield images[order[start : start + batch_size]]
