"""What a visitor picks: a gallery's picture, by its index, or an upload, by its key or, from a script, its pixels."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ...data import fashion
from ...text import LANGUAGES, Both, pick
from . import store, texts, uploads
from .limits import Refused, tell, whole
from .model import Model, kept

Choice = int | str | np.ndarray
CLASSES = {name.en: name for name in fashion.CLASSES}
PROBLEMS = uploads.PROBLEMS | {f"camera_{why}": sentence for why, sentence in texts.CAMERA.items()}  # by gallery.js


@dataclass(frozen=True, eq=False)
class Picked:
    """One input of a model, and what is known about where it comes from."""

    x: Tensor  # (1, C, H, W)
    mu: Tensor  # (1, D)
    logvar: Tensor  # (1, D)
    source: str  # "original", "upload", or "code": decoded, because the photograph does not ship


def is_upload(choice) -> bool:
    return isinstance(choice, (str, np.ndarray))


def pixels_of(choice) -> np.ndarray | None:
    """The pixels of a choice that is an upload, (S, S, 3) uint8; None for a gallery index. Raises Refused."""
    return store.visitor().upload(choice) if isinstance(choice, str) else choice if is_upload(choice) else None


def index_of(model: Model, choice) -> int:
    """A choice that is a gallery index. Raises Refused."""
    return whole(choice, 0, len(model.gallery.mu) - 1, texts.INDEX)


def picked(model: Model, choice) -> Picked:
    """What a model makes of a choice. Raises Refused."""
    pixels = pixels_of(choice)
    if pixels is None:
        return _of_gallery(model, index_of(model, choice))
    x = uploads.as_input(pixels, model.image_shape)
    return Picked(x, *model.encode(x), "upload")


@kept(64)
def _of_gallery(model: Model, index: int) -> Picked:
    x = model.pictures[index : index + 1]
    return Picked(x, *model.encode(x), "code" if model.originals is None else "original")


def words(model: Model, index: int) -> Both:
    """What a gallery picture is called where it can't be seen."""
    number = texts.PICTURE.format(number=index + 1)
    if model.gallery.labels is None:
        return number
    label = model.gallery.classes[model.gallery.labels[index]]
    return Both(*(f"{pick(number, lang)}: {pick(CLASSES.get(label, label), lang)}" for lang in LANGUAGES))


def from_event(event: dict, sides: tuple[str, ...], model: Model) -> tuple[str, Choice]:
    """(side, choice) from a gallery's pick: an index, or the key of an upload. Raises Refused."""
    side = event.get("side")
    if side not in sides:
        raise Refused(texts.FAILED)
    if event.get("problem"):
        raise Refused(PROBLEMS.get(str(event["problem"]), texts.FAILED))
    if event.get("path"):
        return side, store.visitor().keep_upload(uploads.read(event["path"]))
    return side, index_of(model, event.get("index"))


def carried(choice: Choice, model: Model) -> Choice:
    """The choice when another model takes over: an upload stays, a gallery index as far as the new gallery reaches."""
    return choice if is_upload(choice) else min(choice, len(model.gallery.mu) - 1)


def from_address(value, model: Model, otherwise: int) -> Choice:
    """A choice that stood in the address, as text: an upload of the visitor, a gallery index, else `otherwise`."""
    try:
        if isinstance(value, str) and value.startswith("u-"):
            store.visitor().upload(value)
            return value
        return index_of(model, int(value))
    except Refused as refusal:
        if refusal.sentence is texts.GONE:
            tell(texts.NOT_SHARED["picture"])
        return otherwise
    except (TypeError, ValueError):
        return otherwise
