"""Lists for tensors."""

import random


def split_indices(n, val_fraction, seed):
    order = list(range(n))
    random.Random(seed).shuffle(order)
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]
