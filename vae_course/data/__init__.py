"""The image sets of the course: Fashion-MNIST, CelebA, any folder or zip, and drawn faces that need no download."""

import sys
from pathlib import Path

import torch

from vae_course.data import cache
from vae_course.data.imageset import DataError, ImageSet, checked_split, data_root, split
from vae_course.data.pictures import fit_all
from vae_course.presets import Data

__all__ = ["DataError", "ImageSet", "data_root", "load", "split"]

DRAWN = 10_000  # faces, unless count says otherwise


def load(data: Data, *, path: Path | None = None, download: bool = False) -> ImageSet:
    """The pictures that a preset's `data` asks for; path overrides data.path. Raises DataError.

    What could not be read is told in one line on stderr.
    """
    if path is None and data.path is not None:
        path = data_root() / Path(data.path).expanduser()
    image_set = _load(data, Path(path).expanduser() if path else None, download)
    if n := len(image_set.skipped):
        some = cache.some(image_set.skipped)
        print(f"skipped {n} picture{'s' * (n > 1)} that could not be read: {some}", file=sys.stderr)
    return image_set


def _load(data: Data, path: Path | None, download: bool) -> ImageSet:
    from vae_course.data import celeba, fashion, folder

    match data.source:
        case "fashion":
            return fashion.load(data, path, download)
        case "celeba":
            return celeba.load(data, path, download)
        case "folder":
            return folder.load(data, path)
        case "drawn":
            return _drawn(data)


def _drawn(data: Data) -> ImageSet:
    decoded = _cached_faces(data.count or DRAWN, data.seed, data.input_size, data.channels)
    n = len(decoded.images)
    train, validation, test = checked_split(n, data.validation_split, data.test_split, data.seed, "drawn faces")
    return ImageSet(
        name="drawn",
        images=torch.from_numpy(decoded.images),
        train=train,
        validation=validation,
        test=test,
        attributes={name: torch.tensor(values, dtype=torch.float32) for name, values in decoded.more.items()},
    )


def _cached_faces(n: int, seed: int, size: tuple[int, int], channels: int) -> cache.Decoded:
    """Faces and their factors, from the user's cache where it holds what the present code would draw."""
    from vae_course.data import drawn, shapes

    code = [Path(str(part.__file__)).read_text(encoding="utf-8") for part in (drawn, shapes)]
    npy = cache.own() / cache.name_for("drawn", code, n, seed, size, channels)
    kept = cache.read(npy)
    if kept:
        return kept
    images, factors = drawn.faces(n, seed)
    images = fit_all(images, size, channels)
    factors = {name: values.tolist() for name, values in factors.items()}
    try:
        return cache.write(npy, ((str(i), picture) for i, picture in enumerate(images)), images.shape, factors)
    except OSError:  # drawing again takes seconds: no reason to stop
        return cache.Decoded(images, (), (), factors)
