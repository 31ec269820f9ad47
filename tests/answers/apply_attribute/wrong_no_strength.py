"""strength is not used."""

import torch


def apply_attribute(z, direction, strength):
    return z + direction
