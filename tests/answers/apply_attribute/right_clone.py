"""A copy that is moved, with optional normalisation."""

import torch


def apply_attribute(z, direction, strength, normalise=False):
    moved = z.clone()
    moved += strength * (direction / direction.norm() if normalise else direction)
    return moved
