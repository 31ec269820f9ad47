"""Grey pictures get no channel."""

import torch


def to_unit_range(images):
    if images.ndim == 3:
        return images.float() / 255
    return images.permute(0, 3, 1, 2).float() / 255
