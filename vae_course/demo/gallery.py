"""The galleries: which pictures can be picked, whether their originals are here, and the grid that one clicks on."""

import time
from dataclasses import dataclass
from functools import lru_cache
from html import escape

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
from . import models, pictures, uploads
from .limits import Refused, whole

SHEET_COLUMNS = 12
SAME = 0.35  # how far, in posterior deviations, an original's code may lie from the stored one
CLASSES = {name.en: name for name in fashion.CLASSES}
PICTURE = Both(es="Imagen {number}", en="Picture {number}")
INDEX = Both(es="El índice de la galería", en="The gallery index")
UPLOAD = Both(es="Subir una imagen", en="Upload a picture")


@dataclass(frozen=True)
class Picked:
    """One input of a model, and what is known about where it comes from."""

    x: Tensor  # (1, C, H, W)
    mu: Tensor  # (1, D)
    logvar: Tensor  # (1, D)
    source: str  # "original", "upload", or "code": decoded, because the photograph does not ship


@lru_cache(maxsize=32)
def stored(name: str) -> pretrained.Gallery:
    return pretrained.gallery(name)


@lru_cache(maxsize=32)
def originals(name: str) -> Tensor | None:
    """The gallery's true pictures (M, C, H, W), or None where they are not on this machine."""
    codes, preset = stored(name), models.preset(name)
    try:
        images = _read_originals(preset.data, tuple(codes.indices.tolist()), codes.files)
    except (data.DataError, PictureError, OSError, KeyError, IndexError):
        return None
    x = to_unit_range(torch.from_numpy(images))
    mu, logvar = models.encode(name, x)
    apart = ((mu - codes.mu) / (0.5 * logvar).exp()).abs().mean()
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


@lru_cache(maxsize=32)
def shown(name: str) -> Tensor:
    """What the gallery shows, (M, C, H, W): originals, or the stored codes decoded."""
    known = originals(name)
    return models.decode(name, stored(name).mu) if known is None else known


def picked(name: str, choice) -> Picked:
    """What a model makes of a choice: a gallery index, or the pixels of an upload. Raises Refused."""
    if isinstance(choice, np.ndarray):
        x, source = uploads.as_input(choice, models.load(name).image_shape), "upload"
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


@lru_cache(maxsize=32)
def sheet(name: str) -> str:
    """All pictures of a gallery side by side, as one small data URI."""
    tiles = [pictures.to_bytes(picture) for picture in shown(name)]
    height, width = tiles[0].shape[:2]
    rows = -(-len(tiles) // SHEET_COLUMNS)
    paper = Image.new("L" if tiles[0].ndim == 2 else "RGB", (SHEET_COLUMNS * width, rows * height))
    for k, tile in enumerate(tiles):
        paper.paste(Image.fromarray(tile), (k % SHEET_COLUMNS * width, k // SHEET_COLUMNS * height))
    how = {"format": "webp", "quality": 82, "method": 2}
    return pictures.data_uri(pictures.encode(np.asarray(paper), how), "webp")


def grid(name: str, lang: str, titles: dict[str, Both], chosen: dict) -> str:
    """A gallery to click on, once for each side ({"a": title, ...}); chosen: side -> index, or pixels of an upload."""
    count = len(stored(name).mu)
    rows = -(-count // SHEET_COLUMNS)
    style = f"--sheet:url({sheet(name)});--columns:{SHEET_COLUMNS};--rows:{rows}"
    groups = "".join(_group(name, lang, side, title, chosen[side]) for side, title in titles.items())
    version = time.monotonic_ns()  # Gradio ignores HTML that it had before, whatever was clicked since
    return f'<div class="picker" data-version="{version}" style="{style}">{groups}</div>'


def _group(name: str, lang: str, side: str, title: Both, chosen) -> str:
    title = escape(pick(title, lang))
    tiles = "".join(_tile(name, lang, side, k, chosen) for k in range(len(stored(name).mu)))
    return (
        f'<section class="side" data-side="{side}"><header><h3>{title}</h3>{_upload(lang, side, chosen)}</header>'
        f'<div class="tiles" role="group" aria-label="{title}">{tiles}</div></section>'
    )


def _upload(lang: str, side: str, chosen) -> str:
    own = isinstance(chosen, np.ndarray)
    sign = _thumbnail(chosen) if own else "<b>+</b>"
    field = f'<input type="file" accept="image/*" data-side="{side}" data-chosen="{str(own).lower()}">'
    return f'<label class="upload">{field}{sign}<span>{escape(pick(UPLOAD, lang))}</span></label>'


def _thumbnail(pixels: np.ndarray) -> str:
    step = max(1, len(pixels) // 64)
    return f'<img src="{pictures.data_uri(pictures.encode(pixels[::step, ::step]), "png")}" alt="">'


def _tile(name: str, lang: str, side: str, k: int, chosen) -> str:
    pressed = str(not isinstance(chosen, np.ndarray) and k == chosen).lower()
    alt = escape(pick(words(name, k), lang))
    place = f"--x:{k % SHEET_COLUMNS};--y:{k // SHEET_COLUMNS}"
    return (
        f'<button type="button" class="tile" data-side="{side}" data-index="{k}" aria-pressed="{pressed}" '
        f'aria-label="{alt}" title="{alt}" style="{place}"></button>'
    )


# The grid's own script: a click or an upload becomes the event "pick"; the mark moves before the server answers.
SCRIPT = """
const mark = (side, chosen) => element.querySelectorAll(`:is(button, input)[data-side="${side}"]`).forEach(tile =>
  tile.type === 'file' ? tile.dataset.chosen = 'false' : tile.setAttribute('aria-pressed', String(tile === chosen)));
const send = async (input, file) => {
  const side = input.dataset.side;
  if (!file) return;
  if (file.size > MAX_BYTES) return trigger('pick', {side, problem: 'too_heavy'});
  try {
    const {path} = await upload(file);
    trigger('pick', {side, path});
  } catch (error) {
    trigger('pick', {side, problem: 'failed'});
  }
};
element.addEventListener('click', event => {
  const tile = event.target.closest('button.tile');
  if (!tile) return;
  mark(tile.dataset.side, tile);
  trigger('pick', {side: tile.dataset.side, index: Number(tile.dataset.index)});
});
element.addEventListener('change', event => {
  if (event.target.type !== 'file') return;
  send(event.target, event.target.files[0]).then(() => { event.target.value = ''; });
});
const showChosen = () => element.querySelectorAll('.tiles').forEach(tiles => {
  const tile = tiles.querySelector('[aria-pressed="true"]');
  if (tile) tiles.scrollTop = tile.offsetTop - tiles.offsetTop - (tiles.clientHeight - tile.clientHeight) / 2;
});
watch('value', showChosen);
requestAnimationFrame(showChosen);
for (const kind of ['dragover', 'drop']) element.addEventListener(kind, event => {
  const side = event.target.closest('.side');
  if (!side) return;
  event.preventDefault();
  if (kind === 'drop') send(side.querySelector('input[type=file]'), event.dataTransfer.files[0]);
});
""".replace("MAX_BYTES", str(uploads.MAX_BYTES))


def choice_of(event: dict, sides: tuple[str, ...], name: str):
    """(side, choice) from the grid's event: a gallery index, or the pixels of an upload. Raises Refused."""
    side = event.get("side")
    if side not in sides:
        raise Refused(uploads.FAILED)
    if event.get("problem"):
        raise Refused(uploads.PROBLEMS.get(event["problem"], uploads.FAILED))
    if event.get("path"):
        return side, uploads.read(event["path"])
    return side, whole(event.get("index"), 0, len(stored(name).mu) - 1, INDEX)


def carried(choice, name: str):
    """The choice when another model takes over: an upload stays, a gallery index as far as the new gallery reaches."""
    return choice if isinstance(choice, np.ndarray) else min(choice, len(stored(name).mu) - 1)
