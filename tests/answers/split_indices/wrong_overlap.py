"""Two draws that overlap."""

import torch


def split_indices(n, val_fraction, seed):
    generator = torch.Generator().manual_seed(seed)
    n_val = round(n * val_fraction)
    return torch.randperm(n, generator=generator)[n_val:], torch.randperm(n, generator=generator)[:n_val]
