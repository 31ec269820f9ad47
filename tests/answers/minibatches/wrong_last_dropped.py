"""The last, smaller batch is dropped."""

import torch


def minibatches(images, batch_size, generator=None):
    order = torch.randperm(len(images), generator=generator)
    for k in range(len(images) // batch_size):
        yield images[order[k * batch_size : (k + 1) * batch_size]]
