"""One picture from a file: whatever it holds, plain bytes of the size and channels that a network wants."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.Image import Transpose

from vae_course.numbers import whole

FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")  # no format that runs other programs
HUGE = 4_000_000  # pixels from which a JPEG is decoded at a fraction of its size
ORIENTATION = 0x0112  # EXIF tag: how the camera was held, 1 to 8
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_one_at_a_time = threading.Lock()  # memory holds one decoded picture at most; catch_warnings isn't safe in threads


class PictureError(ValueError):
    """A file that can't be shown as a picture; `reason` is "not_a_picture", "too_large" or "truncated"."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


def open_picture(
    source: str | Path | BinaryIO,
    size: tuple[int, int],
    channels: int,
    *,
    max_pixels: int = 40_000_000,
    width_share: float = 1.0,
) -> np.ndarray:
    """The middle of a picture, bicubic to size (height, width), uint8 (H, W, C). Safe for uploads.

    Upright by EXIF, the first frame of an animation, transparency on white, 16 bits scaled to 8, grey by luminance if
    channels is 1. What is cut out is the largest centred rectangle of size's proportions, at most width_share of the
    picture's width. Raises PictureError, and OSError for a path that can't be opened.
    """
    with _reading(source) as file:
        return fit(_middle_of(file, size, max_pixels, width_share), size, channels)


def size_of(source: str | Path | BinaryIO) -> tuple[int, int]:
    """(width, height) of a picture by its header; nothing is decoded. Raises as `open_picture` does."""
    with _reading(source) as file, _identified(file) as image:
        size = image.size
        file.seek(0)
        return size


@contextmanager
def _reading(source: str | Path | BinaryIO) -> Iterator[BinaryIO]:
    """A picture's file while nobody else reads one, and Pillow's warnings are silent."""
    with (
        open(source, "rb") if isinstance(source, (str, Path)) else nullcontext(source) as file,
        _one_at_a_time,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield file


def _middle_of(file: BinaryIO, size: tuple[int, int], max_pixels: int, width_share: float) -> Image.Image:
    """The part that is used, decoded and upright; memory doesn't hold the rest any more."""
    with _identified(file) as image:
        pixels = image.width * image.height
        if pixels > max_pixels:
            most = whole(max_pixels, "en")
            raise PictureError("too_large", f"{image.width} x {image.height} pixels; at most {most} are read")
        if pixels > HUGE:
            image.draft(None, (4 * max(size), 4 * max(size)))
        _decode(image)
        return _cut(_upright(image), size, width_share)


def _identified(file: BinaryIO) -> Image.Image:
    """The picture with only its header read."""
    Image.init()
    try:
        return Image.open(file, formats=[name for name in FORMATS if name in Image.OPEN])
    except UnidentifiedImageError:
        raise PictureError("not_a_picture", "not a picture of a known format") from None
    except Image.DecompressionBombError as error:
        raise PictureError("too_large", str(error)) from None
    except Exception as error:  # what a damaged header raises differs from format to format
        raise PictureError("truncated", f"damaged picture: {error}") from error


def _decode(image: Image.Image) -> None:
    try:
        image.load()
    except Exception as error:  # as above: OSError, SyntaxError, EOFError, struct.error, zlib.error, ...
        raise PictureError("truncated", f"damaged or incomplete picture: {error}") from error


def _upright(image: Image.Image) -> Image.Image:
    try:
        orientation = image.getexif().get(ORIENTATION)
    except Exception:  # a damaged EXIF block doesn't spoil the picture
        return image
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def _cut(image: Image.Image, size: tuple[int, int], width_share: float = 1.0) -> Image.Image:
    return image.crop(middle(image.size, size, width_share))


def fit(image: Image.Image, size: tuple[int, int], channels: int) -> np.ndarray:
    """A decoded picture of any mode, bicubic to size (height, width), uint8 (H, W, C)."""
    try:
        image = _plain(image, channels)
    except ValueError as error:
        raise PictureError("not_a_picture", f"colours that can't be converted: {error}") from error
    return np.array(image.resize(size[::-1], Image.Resampling.BICUBIC)).reshape(*size, channels)


def middle(picture: tuple[int, int], size: tuple[int, int], width_share: float = 1.0) -> tuple[int, int, int, int]:
    """Box (left, top, right, bottom) of the largest centred rectangle of size's (height, width) proportions.

    picture: (width, height). The box is at most round(width_share * width) wide.
    """
    scale = min(round(width_share * picture[0]) / size[1], picture[1] / size[0])
    width, height = max(1, round(scale * size[1])), max(1, round(scale * size[0]))
    left, top = (picture[0] - width) // 2, (picture[1] - height) // 2
    return left, top, left + width, top + height


def _plain(image: Image.Image, channels: int) -> Image.Image:
    """Mode L or RGB, transparency composited on white."""
    if image.mode[0] in "IF":
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if channels == 1 else "RGB")


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Greys of 16 or 32 bits as uint8: the full scale where it is known (65535, or 1.0), else smallest to largest."""
    if values.dtype.kind == "u":
        return np.rint(np.arange(65536) / 257).astype(np.uint8)[values]
    values = np.nan_to_num(values.astype(np.float32)) if values.dtype.kind == "f" else values
    low, high = 0, 1 if values.dtype.kind == "f" else 65535
    if values.min() < low or values.max() > high:
        low, high = values.min().item(), values.max().item()
    scaled = (values.astype(np.float32) - low) * np.float32(255 / (high - low or 1))
    return np.rint(scaled).astype(np.uint8)


def fit_all(images: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
    """The middle of pictures in memory: uint8 (N, H, W, C) -> (N, *size, channels); untouched if they fit already."""
    if images.shape[1:] == (*size, channels):
        return images
    planes = images[..., 0] if images.shape[-1] == 1 else images
    out = np.empty((len(images), *size, channels), np.uint8)
    for i, picture in enumerate(planes):
        out[i] = fit(_cut(Image.fromarray(picture), size), size, channels)
    return out
