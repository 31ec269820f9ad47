"""A gallery's true pictures, which never ship: read where the image set is on this machine, and no other pictures."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ... import data
from ...data import celeba, drawn, fashion, sources
from ...data.pictures import PictureError, open_picture
from ...images import to_unit_range
from ...presets import Data
from ...pretrained import Gallery

SAME = 0.35  # how far, in posterior deviations, an original's code may lie from the stored one
UNREADABLE = (data.DataError, PictureError, OSError, KeyError, IndexError)


def of(about: Data, gallery: Gallery, encode: Callable[[Tensor], tuple[Tensor, Tensor]]) -> Tensor | None:
    """The pictures (M, C, H, W) in [0, 1]; None where they are missing, or others lie under the same names."""
    try:
        images = _read(about, tuple(gallery.indices.tolist()), gallery.files)
    except UNREADABLE:
        return None
    x = to_unit_range(torch.from_numpy(images))
    mu, logvar = encode(x)
    width = (0.5 * logvar).exp() + 0.05 * gallery.mu.std(dim=0)  # an autoencoder's clouds have none
    return x if ((mu - gallery.mu) / width).abs().mean() < SAME else None


def there(about: Data) -> bool:
    """Whether the image set seems to be on this machine; nothing is read."""
    return about.source == "drawn" or (fashion.there() if about.source == "fashion" else _place(about).exists())


def _place(about: Data) -> Path:
    return data.data_root() / (about.path or about.source)


@lru_cache(maxsize=8)  # models of one set share them
def _read(about: Data, indices: tuple[int, ...], files: tuple[str, ...]) -> np.ndarray:
    """Only the gallery's pictures, (M, H, W, C) uint8. Raises DataError and what damaged files raise."""
    positions = list(indices)
    if about.source == "drawn":
        factors = drawn.sample_factors(about.count or data.DRAWN, about.seed)
        return drawn.draw({key: values[positions] for key, values in factors.items()}, about.input_size[0])
    if about.source == "fashion":
        if not fashion.there():  # spares the import of torchvision
            raise data.DataError("no Fashion-MNIST")
        return data.load(about).images[positions].numpy()
    return _read_files(about, files)


def _read_files(about: Data, files: tuple[str, ...]) -> np.ndarray:
    share = celeba.WIDTH_SHARE if about.source == "celeba" else 1.0
    where = sources.locate(_place(about), about.source)
    with sources.opened(where) as (names, get):
        by_end = {name.rpartition("/")[2]: name for name in names}  # a zip and a folder may differ in what is before it
        known = set(names)
        handles = (get(file if file in known else by_end[file.rpartition("/")[2]]) for file in files)
        return np.stack([open_picture(file, about.input_size, about.channels, width_share=share) for file in handles])
