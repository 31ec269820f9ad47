"""A DataLoader over a TensorDataset: each batch is a list with one tensor."""

from torch.utils.data import DataLoader, TensorDataset


def minibatches(images, batch_size, generator=None):
    return DataLoader(TensorDataset(images), batch_size=batch_size, shuffle=True, generator=generator)
