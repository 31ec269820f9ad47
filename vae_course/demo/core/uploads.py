"""A visitor's own picture: from an uploaded file to pixels, or to a sentence that says why not."""

from pathlib import Path

import numpy as np
import torch
from gradio.utils import get_upload_folder
from PIL import Image
from torch import Tensor

from ...data.pictures import PictureError, fit, open_picture, size_of
from ...images import to_unit_range
from . import texts
from .limits import Refused

MAX_BYTES, MAX_PIXELS = 8 * 2**20, 40_000_000  # of one picture; browsers shrink what is larger (gallery.js)
MAX_TRANSFER = 32 * 2**20  # what the server takes in at all, so of a zip: 2,000 pictures of 16 KB
KEPT = 256  # pixels a side that are kept of an upload, enough for every model

MAX_SIDE = 16_000
PROBLEMS = {"too_heavy": texts.TOO_HEAVY, "failed": texts.FAILED}  # what page.js may report instead of a file


def read(path) -> np.ndarray:
    """The middle square of an uploaded picture, (S, S, 3) uint8, S at most 256. Raises Refused."""
    try:
        file = received(path)
        if file.stat().st_size > MAX_BYTES:
            raise Refused(texts.TOO_HEAVY)
        sides = size_of(file)
        if max(sides) > MAX_SIDE:
            raise Refused(texts.UPLOADS["too_large"])
        side = min(KEPT, *sides)
        return open_picture(file, (side, side), 3, max_pixels=MAX_PIXELS)
    except PictureError as error:
        raise Refused(texts.UPLOADS[error.reason]) from error
    except OSError as error:
        raise Refused(texts.FAILED) from error


def received(path) -> Path:
    """The path, if it is a file that a visitor uploaded and no other file of this machine. Raises Refused."""
    folder = Path(get_upload_folder()).resolve()
    file = Path(path).resolve() if isinstance(path, str) and "\0" not in path else folder
    if not (file.is_relative_to(folder) and file.is_file()):
        raise Refused(texts.FAILED)
    return file


def as_input(pixels: np.ndarray, shape: tuple[int, int, int]) -> Tensor:
    """What `read` gave, as a network of image shape (C, H, W) wants it: (1, C, H, W) in [0, 1]."""
    channels, height, width = shape
    fitted = fit(Image.fromarray(pixels), (height, width), channels)
    return to_unit_range(torch.from_numpy(fitted).unsqueeze(0))
