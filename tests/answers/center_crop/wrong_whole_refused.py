"""The whole picture is refused too."""

import torch


def center_crop(images, size):
    h, w = images.shape[-2:]
    if size >= h or size >= w:
        raise ValueError(f"{size} is too large")
    top, left = (h - size) // 2, (w - size) // 2
    return images[..., top : top + size, left : left + size]
