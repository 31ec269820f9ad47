"""An iterable object."""

import torch


class Batches:
    def __init__(self, images, order, size):
        self.images, self.order, self.size = images, order, size
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= len(self.order):
            raise StopIteration
        part = self.order[self.at : self.at + self.size]
        self.at += self.size
        return torch.index_select(self.images, 0, part)


def minibatches(images, batch_size, generator=None):
    return Batches(images, torch.randperm(len(images), generator=generator), batch_size)
