"""Random keys, sorted."""

import torch


def split_indices(n, val_fraction, seed):
    generator = torch.Generator()
    generator.manual_seed(seed)
    order = torch.rand(n, generator=generator, dtype=torch.float64).argsort()
    val = order[: round(n * val_fraction)]
    return order[len(val) :], val
