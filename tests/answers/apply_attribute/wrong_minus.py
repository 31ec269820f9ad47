"""The other way."""

import torch


def apply_attribute(z, direction, strength):
    return z - strength * direction
