"""Fixed batches, shuffled inside, in any order."""

import torch


def minibatches(images, batch_size, generator=None):
    parts = images.split(batch_size)
    for k in torch.randperm(len(parts), generator=generator):
        yield parts[k][torch.randperm(len(parts[k]), generator=generator)]
