"""Width before height."""

import torch


def to_unit_range(images):
    if images.ndim == 3:
        images = images[..., None]
    return images.permute(0, 3, 2, 1).float() / 255
