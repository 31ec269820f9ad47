"""Drawn with repetition."""

import torch


def split_indices(n, val_fraction, seed):
    order = torch.randint(0, n, (n,), generator=torch.Generator().manual_seed(seed))
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]
