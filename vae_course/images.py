"""Lesson 01: pictures as tensors."""

from collections.abc import Iterator

import torch
from torch import Tensor


def to_unit_range(images: Tensor) -> Tensor:
    """Stored bytes as network input: float32 in [0, 1], channels first.

    images: uint8 (N, H, W, C), or (N, H, W) for one channel. Returns (N, C, H, W).
    """
    if images.ndim == 3:
        images = images.unsqueeze(-1)  # (N, H, W) -> (N, H, W, 1)
    return images.permute(0, 3, 1, 2).contiguous().float() / 255  # (N, H, W, C) -> (N, C, H, W)


def center_crop(images: Tensor, size: int) -> Tensor:
    """The middle square of each image.

    images: (N, C, H, W). Returns (N, C, size, size). Raises ValueError if size is larger than H or W.
    """
    height, width = images.shape[-2:]
    if size > min(height, width):
        raise ValueError(f"can't cut {size} x {size} pixels out of {height} x {width}")
    top, left = (height - size) // 2, (width - size) // 2
    return images[..., top : top + size, left : left + size]  # (N, C, H, W) -> (N, C, size, size)


def split_indices(n: int, val_fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Who trains and who is held back: the positions 0..n-1, shuffled and cut in two.

    Returns (train, val), int64, round(n * val_fraction) of them in val. The same seed gives the same split.
    """
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]


def minibatches(images: Tensor, batch_size: int, generator: torch.Generator | None = None) -> Iterator[Tensor]:
    """All images once, in random order, batch_size at a time; the last batch may be smaller.

    images: (N, ...). Yields (batch_size, ...).
    """
    order = torch.randperm(len(images), generator=generator).to(images.device)
    for positions in order.split(batch_size):
        yield images.index_select(0, positions)  # (N, ...) -> (batch_size, ...)
