"""The indices are floats, which can't index."""

import torch


def split_indices(n, val_fraction, seed):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed)).float()
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]
