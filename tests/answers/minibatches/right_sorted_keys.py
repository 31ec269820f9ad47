"""Sorted by random keys."""

import torch


def minibatches(images, batch_size, generator=None):
    order = torch.rand(len(images), generator=generator).argsort()
    return iter(torch.split(images.index_select(0, order), batch_size))
