"""No list of t."""

import torch


def lerp(z0, z1, t):
    return (1 - t) * z0 + t * z1
