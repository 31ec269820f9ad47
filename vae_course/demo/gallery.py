"""The galleries: which pictures can be picked, whether their originals are here, and the grid that one clicks on."""

import time
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .. import data, pretrained
from ..data import celeba, drawn, fashion, sources
from ..data.pictures import PictureError, open_picture
from ..images import to_unit_range
from ..presets import Data
from ..text import Both, pick
from . import models, pictures, store, uploads
from .limits import Refused, whole

SHEET_COLUMNS = 12
PAGE = 24  # pictures of a gallery that are shown at once
SAME = 0.35  # how far, in posterior deviations, an original's code may lie from the stored one
CLASSES = {name.en: name for name in fashion.CLASSES}
PICTURE = Both(es="Imagen {number}", en="Picture {number}")
INDEX = Both(es="El índice de la galería", en="The gallery index")
UPLOAD = Both(es="Subir una imagen", en="Upload a picture")
PAGES = Both(es="Páginas: {title}", en="Pages: {title}")
TURN = {-1: Both(es="Página anterior", en="Previous page"), 1: Both(es="Página siguiente", en="Next page")}
CAMERA = Both(es="Cámara", en="Camera")
SHOOT = Both(es="Tomar la foto", en="Take the picture")
CLOSE = Both(es="Cerrar la cámara", en="Close the camera")
PROBLEMS = uploads.PROBLEMS | {  # what the grid's script may report instead of a choice
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


@dataclass(frozen=True)
class Picked:
    """One input of a model, and what is known about where it comes from."""

    x: Tensor  # (1, C, H, W)
    mu: Tensor  # (1, D)
    logvar: Tensor  # (1, D)
    source: str  # "original", "upload", or "code": decoded, because the photograph does not ship


def stored(name: str) -> pretrained.Gallery:
    """The codes of a model's gallery."""
    return store.own().gallery if name == models.OWN else _stored(name)


@lru_cache(maxsize=32)
def _stored(name: str) -> pretrained.Gallery:
    return pretrained.gallery(name)


def originals(name: str) -> Tensor | None:
    """The gallery's true pictures (M, C, H, W), or None where they are not on this machine."""
    return store.own().originals if name == models.OWN else _originals(name)


@lru_cache(maxsize=32)
def _originals(name: str) -> Tensor | None:
    codes, preset = stored(name), models.preset(name)
    try:
        images = _read_originals(preset.data, tuple(codes.indices.tolist()), codes.files)
    except (data.DataError, PictureError, OSError, KeyError, IndexError):
        return None
    x = to_unit_range(torch.from_numpy(images))
    mu, logvar = models.encode(name, x)
    width = (0.5 * logvar).exp() + 0.05 * codes.mu.std(dim=0)  # an autoencoder's clouds have none
    apart = ((mu - codes.mu) / width).abs().mean()
    return x if apart < SAME else None  # other pictures under the same names


@lru_cache(maxsize=8)  # models of one set share them
def _read_originals(about: Data, indices: tuple[int, ...], files: tuple[str, ...]) -> np.ndarray:
    """Only the gallery's pictures, (M, H, W, C) uint8. Raises DataError and what damaged files raise."""
    positions = list(indices)
    if about.source == "drawn":
        factors = drawn.sample_factors(about.count or data.DRAWN, about.seed)
        return drawn.draw({key: values[positions] for key, values in factors.items()}, about.input_size[0])
    if about.source == "fashion":
        if not (fashion.root(None) / "FashionMNIST").is_dir():  # spares the import of torchvision
            raise data.DataError("no Fashion-MNIST")
        return data.load(about).images[positions].numpy()
    share = celeba.WIDTH_SHARE if about.source == "celeba" else 1.0
    where = sources.locate(data.data_root() / (about.path or about.source), about.source)
    with sources.opened(where) as (names, get):
        by_end = {name.rpartition("/")[2]: name for name in names}  # a zip and a folder may differ in what is before it
        known = set(names)
        found = [get(file if file in known else by_end[file.rpartition("/")[2]]) for file in files]
        return np.stack([open_picture(file, about.input_size, about.channels, width_share=share) for file in found])


def typical(name: str) -> Tensor:
    """The gallery's indices, (M,): pictures whose codes lie nearest the middle first."""
    mu = stored(name).mu
    return (mu - mu.mean(dim=0)).norm(dim=1).argsort()


def shown(name: str) -> Tensor:
    """What the gallery shows, (M, C, H, W): originals, or the stored codes decoded."""
    return store.own().originals if name == models.OWN else _shown(name)


@lru_cache(maxsize=32)
def _shown(name: str) -> Tensor:
    known = _originals(name)
    return models.decode(name, _stored(name).mu) if known is None else known


def pixels_of(choice) -> np.ndarray | None:
    """The pixels of a choice that is an upload: of its key, or themselves; None for a gallery index. Raises Refused."""
    return store.visitor().upload(choice) if isinstance(choice, str) else choice if is_upload(choice) else None


def is_upload(choice) -> bool:
    return isinstance(choice, (str, np.ndarray))


def picked(name: str, choice) -> Picked:
    """What a model makes of a choice: a gallery index, an upload's key, or its pixels. Raises Refused."""
    pixels = pixels_of(choice)
    if pixels is not None:
        x, source = uploads.as_input(pixels, models.load(name).image_shape), "upload"
    else:
        index = whole(choice, 0, len(stored(name).mu) - 1, INDEX)
        x, source = shown(name)[index : index + 1], "code" if originals(name) is None else "original"
    return Picked(x, *models.encode(name, x), source)


def words(name: str, index: int) -> Both:
    """What a gallery picture is called where it can't be seen."""
    codes, number = stored(name), PICTURE.format(number=index + 1)
    if codes.labels is None:
        return number
    label = codes.classes[codes.labels[index]]
    return Both(*(f"{pick(number, lang)}: {pick(CLASSES.get(label, label), lang)}" for lang in ("es", "en")))


def sheet(name: str) -> str:
    """All pictures of a gallery side by side, as one small data URI."""
    return _sheet.__wrapped__(name) if name == models.OWN else _sheet(name)


@lru_cache(maxsize=32)
def _sheet(name: str) -> str:
    tiles = [pictures.to_bytes(picture) for picture in shown(name)]
    height, width = tiles[0].shape[:2]
    rows = -(-len(tiles) // SHEET_COLUMNS)
    paper = Image.new("L" if tiles[0].ndim == 2 else "RGB", (SHEET_COLUMNS * width, rows * height))
    for k, tile in enumerate(tiles):
        paper.paste(Image.fromarray(tile), (k % SHEET_COLUMNS * width, k // SHEET_COLUMNS * height))
    how = {"format": "webp", "quality": 82, "method": 2}
    return pictures.data_uri(pictures.encode(np.asarray(paper), how), "webp")


def grid(name: str, lang: str, titles: dict[str, Both], chosen: dict, *, camera: bool = False) -> str:
    """A gallery to click on, once for each side ({"a": title, ...}); chosen: side -> index, or an upload's key."""
    rows = -(-len(stored(name).mu) // SHEET_COLUMNS)
    style = f"--sheet:url({sheet(name)});--columns:{SHEET_COLUMNS};--rows:{rows}"
    groups = "".join(_group(name, lang, side, title, chosen[side], camera) for side, title in titles.items())
    version = time.monotonic_ns()  # Gradio ignores HTML that it had before, whatever was clicked since
    return f'<div class="picker" data-version="{version}" data-page="{PAGE}" style="{style}">{groups}</div>'


def _group(name: str, lang: str, side: str, title: Both, chosen, camera: bool) -> str:
    title, count = escape(pick(title, lang)), len(stored(name).mu)
    first = 0 if is_upload(chosen) else chosen // PAGE * PAGE
    tiles = "".join(_tile(name, lang, side, k, chosen, first) for k in range(count))
    ways = _upload(lang, side, chosen) + (_camera(lang, side) if camera else "")
    return (
        f'<section class="side" data-side="{side}"><header><h3>{title}</h3>{_pager(lang, side, title, first, count)}'
        f'</header><div class="tiles" role="group" aria-label="{title}">{tiles}</div>'
        f'<div class="ways">{ways}</div>{_viewfinder(lang, side) if camera else ""}</section>'
    )


def _pager(lang: str, side: str, title: str, first: int, count: int) -> str:
    pages = -(-count // PAGE)
    if pages < 2:
        return ""
    back, on = (
        f'<button type="button" data-turn="{step}" data-side="{side}" aria-label="{escape(pick(words, lang))}" '
        f'title="{escape(pick(words, lang))}">{sign}</button>'
        for (step, words), sign in zip(TURN.items(), "‹›", strict=True)
    )
    label = pick(PAGES, lang).format(title=title)
    where = f'<span aria-live="polite">{first // PAGE + 1} / {pages}</span>'
    return f'<div class="pager" role="group" aria-label="{label}">{back}{where}{on}</div>'


def _upload(lang: str, side: str, chosen) -> str:
    pixels = pixels_of(chosen)
    own = pixels is not None
    sign = _thumbnail(pixels) if own else "<b>+</b>"
    field = f'<input type="file" accept="image/*" data-side="{side}" data-chosen="{str(own).lower()}">'
    return f'<label class="upload">{field}{sign}<span>{escape(pick(UPLOAD, lang))}</span></label>'


def _camera(lang: str, side: str) -> str:
    return (
        f'<button type="button" class="upload" data-camera data-side="{side}" aria-expanded="false">'
        f"<span>{escape(pick(CAMERA, lang))}</span></button>"
    )


def _viewfinder(lang: str, side: str) -> str:
    shoot, close = escape(pick(SHOOT, lang)), escape(pick(CLOSE, lang))
    return (
        f'<div class="viewfinder" data-side="{side}" hidden><video playsinline muted></video><div class="ways">'
        f'<button type="button" class="upload shoot" data-shoot data-side="{side}">{shoot}</button>'
        f'<button type="button" class="upload" data-close data-side="{side}">{close}</button></div></div>'
    )


def _thumbnail(pixels: np.ndarray) -> str:
    step = max(1, len(pixels) // 64)
    return f'<img src="{pictures.data_uri(pictures.encode(pixels[::step, ::step]), "png")}" alt="">'


def _tile(name: str, lang: str, side: str, k: int, chosen, first: int) -> str:
    """One picture; hidden when it isn't on the page that begins with `first`. One tile of a page takes part in Tab."""
    pressed = not is_upload(chosen) and k == chosen
    alt = escape(pick(words(name, k), lang))
    stop = pressed or (k == first and (is_upload(chosen) or not first <= chosen < first + PAGE))
    place = f"--x:{k % SHEET_COLUMNS};--y:{k // SHEET_COLUMNS}"
    return (
        f'<button type="button" class="tile" data-side="{side}" data-index="{k}" aria-pressed="{str(pressed).lower()}" '
        f'aria-label="{alt}" title="{alt}" tabindex="{0 if stop else -1}" style="{place}"'
        f"{'' if first <= k < first + PAGE else ' hidden'}></button>"
    )


SCRIPT = (Path(__file__).parent / "gallery.js").read_text(encoding="utf-8").replace("MAX_BYTES", str(uploads.MAX_BYTES))


def choice_of(event: dict, sides: tuple[str, ...], name: str):
    """(side, choice) from the grid's event: a gallery index, or the key of an upload. Raises Refused."""
    side = event.get("side")
    if side not in sides:
        raise Refused(uploads.FAILED)
    if event.get("problem"):
        problem = event["problem"]
        raise Refused(PROBLEMS.get(problem, uploads.FAILED) if isinstance(problem, str) else uploads.FAILED)
    if event.get("path"):
        return side, store.visitor().keep_upload(uploads.read(event["path"]))
    return side, whole(event.get("index"), 0, len(stored(name).mu) - 1, INDEX)


def carried(choice, name: str):
    """The choice when another model takes over: an upload stays, a gallery index as far as the new gallery reaches."""
    return choice if is_upload(choice) else min(choice, len(stored(name).mu) - 1)


def from_address(value, name: str, otherwise: int):
    """A choice that stood in the address, as text: an upload of the visitor, a gallery index, else `otherwise`."""
    try:
        if isinstance(value, str) and value.startswith("u-"):
            store.visitor().upload(value)
            return value
        return whole(int(value), 0, len(stored(name).mu) - 1, INDEX)
    except (Refused, TypeError, ValueError):
        return otherwise
