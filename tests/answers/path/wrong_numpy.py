"""A NumPy array."""

import numpy as np


def path(x0, x1, t):
    t = np.asarray(t).reshape(-1, 1)
    return (1 - t) * x0.numpy() + t * x1.numpy()
