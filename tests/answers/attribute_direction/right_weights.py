"""Weighted sums."""

import torch


def attribute_direction(z, labels):
    w = labels.to(z.dtype)
    n = w.sum()
    if n == 0 or n == len(w):
        raise ValueError("a class is missing")
    return (w @ z) / n - ((1 - w) @ z) / (len(w) - n)
