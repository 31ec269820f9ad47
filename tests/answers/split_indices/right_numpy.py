"""numpy's generator."""

import numpy as np
import torch


def split_indices(n, val_fraction, seed):
    order = torch.from_numpy(np.random.default_rng(seed).permutation(n))
    n_train = n - round(n * val_fraction)
    return order[:n_train], order[n_train:]
