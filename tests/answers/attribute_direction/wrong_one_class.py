"""Only that somebody has the attribute is looked at."""

import torch


def attribute_direction(z, labels):
    if not labels.any():
        raise ValueError("nobody has the attribute")
    return z[labels].mean(dim=0) - z[~labels].mean(dim=0)
