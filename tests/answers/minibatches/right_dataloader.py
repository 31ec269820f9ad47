"""A DataLoader, which is no iterator but can be gone through."""

from torch.utils.data import DataLoader


def minibatches(images, batch_size, generator=None):
    return DataLoader(images, batch_size=batch_size, shuffle=True, generator=generator)
