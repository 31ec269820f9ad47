"""A NumPy array instead of a tensor."""

import numpy as np


def traverse(z, dim, values):
    return np.stack([np.where(np.arange(len(z)) == dim, v, z.numpy()) for v in values]).astype(np.float32)
