"""Multiplies."""

import torch


def apply_attribute(z, direction, strength):
    return z * (1 + strength * direction)
