"""An old-style sequence: __len__ and __getitem__ only."""

import torch


class Batches:
    def __init__(self, parts):
        self.parts = parts

    def __len__(self):
        return len(self.parts)

    def __getitem__(self, k):
        return self.parts[k]


def minibatches(images, batch_size, generator=None):
    return Batches(images[torch.randperm(len(images), generator=generator)].split(batch_size))
