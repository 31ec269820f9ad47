"""What the tab Train learns from: drawn faces, Fashion-MNIST where it is, or a visitor's zip, in memory only."""

import math
import threading
import time
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from .... import data
from ....data import drawn, fashion, sources
from ....data.imageset import ImageSet
from ....data.pictures import PictureError, open_picture, size_of
from ....presets import Data
from ...core import texts as core_texts
from ...core import uploads
from ...core.limits import Refused
from ...core.titles import counted
from . import texts

SETS = ("drawn", "fashion", "own")
SIDE = 32  # pixels of drawn and uploaded pictures
FACES = 4000
CLOTHES = 12_000
MOST_PICTURES, FEWEST_PICTURES = 2000, 24
MOST_ENTRIES = 10_000  # of a zip, pictures or not
MOST_PIXELS = 300_000_000  # of all its pictures together: seconds of decoding
MOST_SECONDS = 20.0
FEW = 12  # held back of a zip at least

_one_zip = threading.Lock()


def about(name: str) -> Data:
    """A set as a preset names it; a zip's pictures are a folder without a path."""
    if name == "fashion":
        return Data(source="fashion", input_size=(28, 28), channels=1, count=CLOTHES, validation_split=0.1)
    if name == "drawn":
        return Data(source="drawn", input_size=(SIDE, SIDE), count=FACES, validation_split=0.05)
    return Data(source="folder", input_size=(SIDE, SIDE), validation_split=0.1)


def require(name: str, own: np.ndarray | None) -> None:
    """Raises Refused where the pictures of a set are not here."""
    if name == "own" and own is None:
        raise Refused(texts.NO_OWN)
    if name == "fashion" and not fashion.there():
        raise Refused(texts.NO_CLOTHES)


def load(name: str, own: np.ndarray | None) -> ImageSet:
    """The pictures of a set, split; own: of a zip, for the set "own" alone. Raises Refused."""
    require(name, own)
    return _shared(name) if own is None else _set(name, own, max(0.1, FEW / len(own)))


@lru_cache(maxsize=2)
def _shared(name: str) -> ImageSet:
    if name == "fashion":
        return data.load(about(name))
    return _set(name, drawn.draw(drawn.sample_factors(FACES, about(name).seed), SIDE), about(name).validation_split)


def _set(name: str, images: np.ndarray, share: float) -> ImageSet:
    train, validation, test = data.split(len(images), share, 0.0, 0)
    return ImageSet(name, torch.from_numpy(images), train, validation, test)


def read_zip(path) -> np.ndarray:
    """The pictures of an uploaded zip, (N, 32, 32, 3) uint8; the file itself is deleted. Raises Refused."""
    try:
        file = uploads.received(path)
    except OSError as error:
        raise Refused(core_texts.FAILED) from error
    try:
        with _one_zip:
            return _read(file)
    finally:
        file.unlink(missing_ok=True)


def _read(file: Path) -> np.ndarray:
    content = file.read_bytes()
    if len(content) > uploads.MAX_TRANSFER:
        raise Refused(texts.HEAVY)
    if not zipfile.is_zipfile(file):
        raise Refused(texts.NO_ZIP)
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:  # before anybody makes an object of each
        raise Refused(texts.MANY)
    try:
        with sources.opened(file) as (names, get):
            if len(names) > MOST_PICTURES:
                raise Refused(texts.MANY)
            images = _decode(names, get)
    except (data.DataError, *sources.BROKEN) as error:
        raise Refused(texts.NO_ZIP) from error
    if len(images) < FEWEST_PICTURES:
        raise Refused(counted(texts.FEW_PICTURES, len(images)))
    return np.stack(images)


def _decode(names: list[str], get: sources.Get) -> list[np.ndarray]:
    """Those that can be read. Raises Refused when all together are too much work."""
    images, pixels, end = [], 0, time.monotonic() + MOST_SECONDS
    for name in names:
        try:
            file = get(name)
            pixels += math.prod(size_of(file))
            if pixels > MOST_PIXELS or time.monotonic() > end:
                raise Refused(texts.VAST)
            images.append(open_picture(file, (SIDE, SIDE), 3))
        except (PictureError, *sources.BROKEN):
            continue
    return images
