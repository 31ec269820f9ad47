"""What a visitor picks: a gallery's picture, by its index, or an upload, by its key or, from a script, its pixels."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ...data import fashion
from ...text import LANGUAGES, Both, pick
from . import store, uploads
from .limits import Refused, whole
from .model import Model, kept

Choice = int | str | np.ndarray
CLASSES = {name.en: name for name in fashion.CLASSES}
PICTURE = Both(es="Imagen {number}", en="Picture {number}")
INDEX = Both(es="El índice de la galería", en="The gallery index")
PROBLEMS = uploads.PROBLEMS | {  # what the gallery's script may report instead of a choice
    "camera_refused": Both(
        es="El navegador no dio permiso para usar la cámara. Se puede permitir junto a la dirección de la página, "
        "o subir una imagen.",
        en="The browser did not allow the camera. It can be allowed beside the page's address; uploading a picture "
        "works too.",
    ),
    "camera_absent": Both(
        es="No se encontró ninguna cámara. Una imagen subida sirve igual.",
        en="No camera was found. An uploaded picture does as well.",
    ),
    "camera_busy": Both(
        es="La cámara no respondió: quizá otro programa la está usando. Una imagen subida sirve igual.",
        en="The camera did not answer: another program may be using it. An uploaded picture does as well.",
    ),
    "camera_insecure": Both(
        es="El navegador solo da la cámara a páginas https o de esta misma computadora. Una imagen subida sirve igual.",
        en="Browsers give the camera only to https pages or to this same computer's. An uploaded picture does as well.",
    ),
}


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
    return whole(choice, 0, len(model.gallery.mu) - 1, INDEX)


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
    number = PICTURE.format(number=index + 1)
    if model.gallery.labels is None:
        return number
    label = model.gallery.classes[model.gallery.labels[index]]
    return Both(*(f"{pick(number, lang)}: {pick(CLASSES.get(label, label), lang)}" for lang in LANGUAGES))


def from_event(event: dict, sides: tuple[str, ...], model: Model) -> tuple[str, Choice]:
    """(side, choice) from a gallery's pick: an index, or the key of an upload. Raises Refused."""
    side = event.get("side")
    if side not in sides:
        raise Refused(uploads.FAILED)
    if event.get("problem"):
        problem = event["problem"]
        raise Refused(PROBLEMS.get(problem, uploads.FAILED) if isinstance(problem, str) else uploads.FAILED)
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
    except (Refused, TypeError, ValueError):
        return otherwise
