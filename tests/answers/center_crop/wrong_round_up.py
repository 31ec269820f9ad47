"""Rounds the odd remainder up."""

import torch


def center_crop(images, size):
    h, w = images.shape[2:]
    if size > min(h, w):
        raise ValueError
    top, left = -((size - h) // 2), -((size - w) // 2)
    return images[:, :, top : top + size, left : left + size]
