"""Writes into z."""

import torch


def apply_attribute(z, direction, strength):
    z += strength * direction
    return z
