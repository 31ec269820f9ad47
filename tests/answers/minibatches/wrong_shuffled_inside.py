"""Fixed batches, shuffled only inside."""

import torch


def minibatches(images, batch_size, generator=None):
    for part in images.split(batch_size):
        yield part[torch.randperm(len(part), generator=generator)]
