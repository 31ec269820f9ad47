"""The gallery that one clicks on: a model's pictures, uploads, the camera."""

import numpy as np

from ...text import Both
from ..core import choice, uploads
from ..core.model import Model, kept
from ..core.published import publish
from . import pictures, texts
from .html import render

SHEET_COLUMNS = 12
PAGE = 24  # pictures of a gallery that are shown at once
THUMBNAIL = 64  # pixels a side, or a little more


@kept(1)
def sheet(model: Model) -> str:
    """All pictures of a gallery side by side: the address of one picture, or itself as a data URI."""
    pixels = pictures.to_bytes(pictures.mosaic(model.pictures, SHEET_COLUMNS))
    content = pictures.encode(pixels, {"format": "webp", "quality": 82, "method": 2})
    return publish(content, "webp") if model.lasting else pictures.data_uri(content, "webp")


def grid(model: Model, lang: str, *chosen: choice.Choice, titles: dict[str, Both], camera: bool = False) -> str:
    """A gallery to click on, once for each side ({"a": title, ...}); chosen: what is picked on each."""
    count = len(model.gallery.mu)
    return render(
        "ui/gallery.html", lang, texts=texts.GALLERY, page=PAGE, columns=SHEET_COLUMNS, rows=-(-count // SHEET_COLUMNS),
        sheet=sheet(model), words=[choice.words(model, k) for k in range(count)], most=uploads,
        sides=[_side(name, titles[name], each) for name, each in zip(titles, chosen, strict=True)], camera=camera,
    )  # fmt: skip


def _side(name: str, title: Both, chosen) -> dict:
    """What the template needs to know of one side; `stop`: the tile that Tab reaches."""
    pixels = choice.pixels_of(chosen)
    index = None if choice.is_upload(chosen) else chosen
    first = (index or 0) // PAGE * PAGE
    stop = first if index is None else index
    return {"name": name, "title": title, "index": index, "first": first, "stop": stop, "own": _thumbnail(pixels)}


def _thumbnail(pixels: np.ndarray | None) -> str | None:
    if pixels is None:
        return None
    step = max(1, len(pixels) // THUMBNAIL)
    return pictures.data_uri(pictures.encode(pixels[::step, ::step]), "png")
