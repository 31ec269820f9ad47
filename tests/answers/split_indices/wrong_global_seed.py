"""Seeds torch's global generator."""

import torch


def split_indices(n, val_fraction, seed):
    torch.manual_seed(seed)
    order = torch.randperm(n)
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]
