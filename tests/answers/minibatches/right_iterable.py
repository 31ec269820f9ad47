"""A class whose objects are gone through, a fresh order each time."""

import torch


class Minibatches:
    def __init__(self, images, batch_size, generator):
        self.images, self.batch_size, self.generator = images, batch_size, generator

    def __len__(self):
        return -(-len(self.images) // self.batch_size)

    def __iter__(self):
        order = torch.randperm(len(self.images), generator=self.generator)
        for part in order.split(self.batch_size):
            yield self.images[part]


def minibatches(images, batch_size, generator=None):
    return Minibatches(images, batch_size, generator)
