"""Pictures as HTML: small, inside the page itself, with words for those who can't see them."""

import base64
import io
import re
import unicodedata

import numpy as np
from markupsafe import Markup
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

LIVE = {"format": "jpeg", "quality": 94, "subsampling": 0}  # small, for sheets of many
EXACT = {"format": "png", "compress_level": 6}  # for pictures that are looked at or downloaded one by one
GREEK = str.maketrans({"β": "beta", "μ": "mu", "σ": "sigma", "ε": "epsilon"})
IMG = Markup('<img src="{source}" alt="{alt}" width="{width}" height="{height}">')
SHEET = Markup(
    '<div class="sheet whole" data-count="{count}" style="--columns:{columns};--rows:{rows};--last:{last};'
    '--width:{width};--height:{height}">{picture}</div>'
)


def to_bytes(picture: Tensor) -> np.ndarray:
    """(C, H, W) in [0, 1] as uint8, (H, W) or (H, W, 3)."""
    values = (picture.detach().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    return values[..., 0] if values.shape[-1] == 1 else values


def encode(pixels: np.ndarray, how: dict = EXACT) -> bytes:
    """uint8 pixels, (H, W) or (H, W, 3), as a file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **how)
    return file.getvalue()


def data_uri(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def source(picture: Tensor, how: dict = EXACT) -> str:
    """A picture (C, H, W) in [0, 1] as a data URI."""
    return data_uri(encode(to_bytes(picture), how), how["format"])


def img(picture: Tensor, alt: str, how: dict = EXACT) -> Markup:
    """A picture (C, H, W) in [0, 1] as <img>, with what is on it in words."""
    return img_of(source(picture, how), alt, *picture.shape[1:])


def img_of(address: str, alt: str, height: int, width: int) -> Markup:
    """A picture that has an address, or is a data URI, as <img>."""
    return IMG.format(source=address, alt=alt, width=width, height=height)


def sheet(x: Tensor, columns: int, alt: str) -> Markup:
    """Pictures (N, C, H, W) in [0, 1] in rows, as one <img>: encoded once, whatever their number."""
    count, _, height, width = x.shape
    columns, rows = min(columns, count), -(-count // columns)
    cells = pad(x, (0, 1, 0, 1, 0, 0, 0, -count % columns), value=1)  # a pixel of paper right of each and below
    page = mosaic(cells, columns)[:, :-1, :-1]
    last = count - (rows - 1) * columns
    picture = img(page, alt, LIVE)
    return SHEET.format(count=count, columns=columns, rows=rows, last=last, width=width, height=height, picture=picture)


def mosaic(x: Tensor, columns: int) -> Tensor:
    """Pictures (N, C, H, W) side by side, row by row, as one (C, rows * H, columns * W), black where the last ends."""
    x = pad(x, (0, 0, 0, 0, 0, 0, 0, -len(x) % columns))
    return x.unflatten(0, (-1, columns)).permute(2, 0, 3, 1, 4).flatten(3).flatten(1, 2)


def file_name(*words) -> str:
    """A PNG's name, ASCII, made of words as the page says them."""
    name = "-".join(map(str, words)).lower().translate(GREEK)
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9.]+", "-", letters).strip("-.") + ".png"


def difference(x: Tensor, x_hat: Tensor) -> Tensor:
    """Where x_hat is too bright (orange) or too dark (blue), (3, H, W); white where it is right. Both (C, H, W)."""
    signed = (x_hat - x).mean(dim=0)
    strength = (signed.abs() * 3).clamp(max=1).sqrt()  # small errors show too
    colour = signed.new_tensor([[0.85, 0.37, 0.01], [0.13, 0.40, 0.67]])[(signed < 0).long()].permute(2, 0, 1)
    return 1 - strength * (1 - colour)  # white towards the colour
