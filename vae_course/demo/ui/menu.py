"""The menu of models: under what they learnt from and what differs among siblings, each with a picture that it decodes.

The list is in the page once, as a <template>; menu.js shows a copy of it where a menu is opened.
"""

from functools import lru_cache

import numpy as np
from markupsafe import Markup
from PIL import Image

from ..core import store, texts, titles
from ..core.model import Model, Shipped, ordered
from ..core.published import publish
from . import pictures
from .html import render

SIDE = 64  # pixels of a picture
TELLING = {"emojis": 89}  # where the most typical picture of the gallery says little


def offer(lang: str) -> Markup:
    """All shipped models, in groups, and a place for the visitor's own."""
    sets: dict = {}
    for number, name in enumerate(ordered()):
        data, differs, short = titles.place(name)
        sets.setdefault(data, {}).setdefault(differs, []).append((name, titles.title(name), short, number))
    return render("ui/models.html", lang, sets=sets, sheet=sheet(), count=len(ordered()), own_title=texts.OWN_TITLE)


@lru_cache(maxsize=1)
def sheet() -> str:
    """The address of a picture of each shipped model, side by side; with the same gallery they show the same one."""
    indices: dict = {}
    tiles = []
    for model in map(Shipped, ordered()):  # forgotten again: most of them nobody opens
        gallery = titles.place(model.name)[0], *model.gallery.indices.tolist()
        usual = TELLING.get(model.name, int(model.typical[0]))
        tiles.append(picture(model, indices.setdefault(gallery, usual)))
    return publish(pictures.encode(np.concatenate(tiles, axis=1), {"format": "webp", "quality": 85}), "webp")


def picture(model: Model, index: int) -> np.ndarray:
    """A code of the gallery, decoded, never a photograph: (SIDE, SIDE, 3) uint8."""
    pixels = Image.fromarray(pictures.to_bytes(model.decode(model.gallery.mu[index : index + 1])[0]))
    return np.asarray(pixels.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def own() -> dict:
    """What tells a menu that there is a model of the visitor's own: its picture; {} where there is none."""
    model = store.visitor().own
    if model is None:
        return {}
    return {"own": pictures.data_uri(pictures.encode(picture(model, int(model.typical[0]))), "png")}
