"""Pictures as HTML: small, inside the page itself, with words for those who can't see them."""

import base64
import io
import re
import unicodedata
from html import escape

import numpy as np
from PIL import Image
from torch import Tensor

LIVE = {"format": "jpeg", "quality": 94, "subsampling": 0}  # small, for sheets of many
GREEK = str.maketrans({"β": "beta", "μ": "mu", "σ": "sigma", "ε": "epsilon"})
EXACT = {"format": "png", "compress_level": 6}  # for pictures that are looked at or downloaded one by one


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


def img(picture: Tensor, alt: str, how: dict = EXACT) -> str:
    """A picture (C, H, W) in [0, 1] as <img>, with what is on it in words."""
    pixels = to_bytes(picture)
    source = data_uri(encode(pixels, how), how["format"])
    height, width = pixels.shape[:2]
    return f'<img src="{source}" alt="{escape(alt)}" width="{width}" height="{height}">'


def sheet(x: Tensor, columns: int, alt: str) -> str:
    """Pictures (N, C, H, W) in [0, 1] in rows, as one <img>: encoded once, whatever their number."""
    count, channels, height, width = x.shape
    columns, rows = min(columns, count), -(-count // columns)
    cells = x.new_ones(rows * columns, channels, height + 1, width + 1)  # a pixel of paper right of each and below
    cells[:count, :, :height, :width] = x
    page = cells.unflatten(0, (rows, columns)).permute(2, 0, 3, 1, 4).flatten(3).flatten(1, 2)[:, :-1, :-1]
    last = count - (rows - 1) * columns
    return (
        f'<div class="sheet whole" data-count="{count}" style="--columns:{columns};--rows:{rows};--last:{last};'
        f'--width:{width};--height:{height}">{img(page, alt, LIVE)}</div>'
    )


def figure(picture: Tensor, alt: str, caption: str = "", below: str = "", how: dict = EXACT) -> str:
    """A picture with a caption and perhaps a button below it, both HTML."""
    caption = f"<figcaption>{caption}{below}</figcaption>" if caption or below else ""
    return f"<figure>{img(picture, alt, how)}{caption}</figure>"


def file_name(*words) -> str:
    """A PNG's name, ASCII, made of words as the page says them."""
    said = "-".join(map(str, words)).lower().translate(GREEK)
    letters = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9.]+", "-", letters).strip("-.") + ".png"


def save_button(words: str, file: str, columns: int = 1, *, within: str = "section") -> str:
    """A button that saves the pictures of the element around it as one PNG; page.js does it, without the server."""
    return (
        f'<button type="button" class="save" data-save="{escape(file)}" data-columns="{columns}" '
        f'data-within="{within}" aria-label="{escape(words)}" title="{escape(words)}">PNG ↓</button>'
    )


def pin_button(words: str, caption: str, *, within: str = "section", short: str = "📌") -> str:
    """A button that puts the pictures and charts of the element around it into the visitor's report, with a caption."""
    return (
        f'<button type="button" class="pin" data-pin="{escape(caption)}" data-within="{within}" '
        f'aria-label="{escape(words)}" title="{escape(words)}">{escape(short)}</button>'
    )


def difference(x: Tensor, x_hat: Tensor) -> Tensor:
    """Where x_hat is too bright (orange) or too dark (blue), (3, H, W); white where it is right. Both (C, H, W)."""
    signed = (x_hat - x).mean(dim=0)
    strength = (signed.abs() * 3).clamp(max=1).sqrt()  # small errors show too
    colour = signed.new_tensor([[0.85, 0.37, 0.01], [0.13, 0.40, 0.67]])[(signed < 0).long()].permute(2, 0, 1)
    return 1 - strength * (1 - colour)  # white towards the colour
