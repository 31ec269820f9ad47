"""In order."""

import torch


def split_indices(n, val_fraction, seed):
    n_val = round(n * val_fraction)
    return torch.arange(n)[n_val:], torch.arange(n)[:n_val]
