"""Drawn with repetition."""

import torch


def minibatches(images, batch_size, generator=None):
    for start in range(0, len(images), batch_size):
        size = min(batch_size, len(images) - start)
        yield images[torch.randint(0, len(images), (size,), generator=generator)]
