"""permute and divide."""

import torch


def to_unit_range(images):
    if images.dim() == 3:
        images = images[..., None]
    return images.permute(0, 3, 1, 2).float() / 255
