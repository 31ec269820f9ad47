"""As many pieces as batches are needed, of about one size: 5 and 4 pictures of 9, not 8 and 1."""

import math

import torch


def minibatches(images, batch_size, generator=None):
    order = torch.randperm(len(images), generator=generator)
    for part in order.chunk(math.ceil(len(images) / batch_size)):
        yield images[part]
