"""The models that the demo offers: in which order, under which titles, loaded once."""

import re
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from .. import pretrained
from ..presets import Preset
from ..text import Both, pick
from ..vae import VAE
from . import store
from .limits import Refused

TITLES = {
    "faces": Both(es="Rostros", en="Faces"),
    "cats": Both(es="Gatitos", en="Kittens"),
    "emojis": Both(es="Emojis", en="Emojis"),
    "drawn": Both(es="Rostros dibujados", en="Drawn faces"),
    "fashion-plus": Both(es="Ropa, red convolucional", en="Clothes, convolutional network"),
    "fashion": Both(es="Ropa", en="Clothes"),
    "fashion-2d": Both(es="Ropa en un mapa de 2 números", en="Clothes on a map of 2 numbers"),
    "emojis-dense": Both(es="Emojis, red densa", en="Emojis, dense network"),
}
SENTENCES = {
    "faces": Both(
        es="Aprendió de 8550 fotos de celebridades, y cuánto ruido suponer.",
        en="It learnt from 8,550 photographs of celebrities, and how much noise to assume.",
    ),
    "cats": Both(
        es="Aprendió de 7900 fotos de gatitos, y cuánto ruido suponer.",
        en="It learnt from 7,900 photographs of kittens, and how much noise to assume.",
    ),
    "emojis": Both(es="Aprendió 1126 emojis, casi de memoria.", en="It learnt 1,126 emojis, nearly by heart."),
    "drawn": Both(
        es="Aprendió de caras que dibuja este mismo curso: cada rasgo es conocido.",
        en="It learnt from faces that this course draws itself: each feature is known.",
    ),
    "fashion-plus": Both(
        es="Fashion-MNIST en 8 números, con convoluciones en vez de la red publicada.",
        en="Fashion-MNIST in 8 numbers, with convolutions instead of the published network.",
    ),
    "fashion": Both(
        es="Fashion-MNIST en 8 números, con la red 784-128-64-8 publicada.",
        en="Fashion-MNIST in 8 numbers, with the published 784-128-64-8 network.",
    ),
    "fashion-2d": Both(
        es="Fashion-MNIST en solo 2 números: todo cabe en un mapa.",
        en="Fashion-MNIST in only 2 numbers: all of it fits on a map.",
    ),
    "emojis-dense": Both(
        es="La misma tarea con capas densas, sin convoluciones.", en="The same task with dense layers, no convolutions."
    ),
}
SERIES = (  # pattern, title, sentence: of models that differ in one number only
    (
        r"faces-beta-(?P<beta>\d+)",
        Both(es="Rostros, β = {beta}", en="Faces, β = {beta}"),
        Both(
            es="Entre modelos hermanos solo cambia β, el precio de la KL.",
            en="Among its siblings only β, the KL's price, differs.",
        ),
    ),
    (
        r"fashion-beta-(?P<beta>\d+)",
        Both(es="Ropa, β = {beta}", en="Clothes, β = {beta}"),
        Both(
            es="Entre modelos hermanos solo cambia β, el precio de la KL.",
            en="Among its siblings only β, the KL's price, differs.",
        ),
    ),
    (
        r"fashion-latent-(?P<latent>\d+)-beta-0",
        Both(es="Ropa, {latent} dimensiones, β = 0", en="Clothes, {latent} dimensions, β = 0"),
        Both(es="Sin KL: un autoencoder casi común.", en="No KL: nearly a plain autoencoder."),
    ),
    (
        r"fashion-latent-(?P<latent>\d+)",
        Both(es="Ropa, {latent} dimensiones", en="Clothes, {latent} dimensions"),
        Both(
            es="Entre modelos hermanos solo cambia la dimensión latente.",
            en="Among its siblings only the latent dimension differs.",
        ),
    ),
)  # fmt: skip
NUMBERS = Both(
    es="{latent} dimensiones latentes, {active} activas · {parameters} parámetros · PSNR {psnr:.1f}\u00a0dB",
    en="{latent} latent dimensions, {active} active · {parameters} parameters · PSNR {psnr:.1f}\u00a0dB",
)
UNKNOWN = Both(
    es="No hay un modelo llamado «{name}». Hay: {names}.", en="There is no model called “{name}”. There are: {names}."
)
OWN = "own"  # the current visitor's own model, as the tab Train left it
OWN_TITLE = Both(es="Modelo propio, recién entrenado", en="Own model, just trained")
OWN_SENTENCE = Both(es="Se entrenó aquí, en la pestaña Entrenar.", en="It was trained here, in the tab Train.")
TOGETHER = 8  # pictures that go through a network at once


@lru_cache(maxsize=1)
def ordered() -> tuple[str, ...]:
    """The shipped models, those worth seeing first in front."""
    shipped = pretrained.names()
    return tuple(name for name in TITLES if name in shipped) + tuple(name for name in shipped if name not in TITLES)


def first(*preferred: str, where: Callable[[str], bool] = lambda name: True) -> str:
    """The model that a tab opens with: the first shipped one of those preferred, else the first at all."""
    shipped = ordered()
    candidates = [name for name in (*preferred, *shipped) if name in shipped]
    return next((name for name in candidates if where(name)), candidates[0])


def title(name: str) -> Both:
    if name == OWN:
        return OWN_TITLE
    return _of_series(name, 0) or TITLES.get(name) or Both(es=name, en=name)


def sentence(name: str) -> Both:
    """One sentence on what the model learnt from."""
    if name == OWN:
        return OWN_SENTENCE
    given = pretrained.card(name)["data"]["title"]
    return _of_series(name, 1) or SENTENCES.get(name) or Both(es=given["es"] + ".", en=given["en"] + ".")


def _of_series(name: str, which: int) -> Both | None:
    for pattern, *texts in SERIES:
        if match := re.fullmatch(pattern, name):
            return texts[which].format(**match.groupdict())
    return None


def numbers(name: str) -> Both:
    """One line of the card's figures."""
    about = card(name)
    return NUMBERS.format(
        latent=about["preset"]["model"]["latent_dim"],
        active=about["figures"]["active_units"],
        parameters=f"{about['parameters']:,}".replace(",", "\u202f"),  # narrow, and no line breaks there
        psnr=about["figures"]["psnr"],
    )


def choices(lang: str) -> list[tuple[str, str]]:
    """(title, name) of each model, as a dropdown wants them; the visitor's own first."""
    mine = (OWN,) if store.visitor().own is not None else ()
    return [(pick(title(name), lang), name) for name in (*mine, *ordered())]


def from_address(name, otherwise: str) -> str:
    """A model's name that stood in the address, if there is one of that name, else `otherwise`."""
    try:
        return known(name)
    except Refused:
        return otherwise


def known(name) -> str:
    """The name itself. Raises Refused when no model is called so, or when the visitor's own is gone."""
    if name == OWN:
        store.own()
        return name
    shipped = ordered()
    if not isinstance(name, str) or name not in shipped:
        raise Refused(UNKNOWN.format(name=str(name)[:40], names=", ".join(shipped)))
    return name


def load(name: str) -> VAE:
    return store.own().model if name == OWN else _load(name)


@lru_cache(maxsize=32)
def _load(name: str) -> VAE:
    with torch.inference_mode(False):  # whoever asks first, the weights stay ordinary tensors
        return pretrained.load(name)


def card(name: str) -> dict:
    return store.own().card if name == OWN else pretrained.card(name)


@torch.inference_mode()
def encode(name: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """(mu, logvar), each (N, D), of pictures (N, C, H, W), a few at a time to spare memory."""
    mu, logvar = zip(*(load(name).encode(part) for part in x.split(TOGETHER)), strict=True)
    return torch.cat(mu), torch.cat(logvar)


@torch.inference_mode()
def decode(name: str, z: Tensor) -> Tensor:
    """Pictures (N, C, H, W) of codes (N, D), a few at a time to spare memory."""
    return torch.cat([load(name).decode(part) for part in z.split(TOGETHER)])


def gaussian(name: str) -> tuple[Tensor, Tensor]:
    """The Gaussian fitted to the training codes: (mean (D,), covariance (D, D))."""
    return store.own().gaussian if name == OWN else _gaussian(name)


@lru_cache(maxsize=32)
def _gaussian(name: str) -> tuple[Tensor, Tensor]:
    return pretrained.gaussian(name)


def preset(name: str) -> Preset:
    return store.own().preset if name == OWN else _preset(name)


@lru_cache(maxsize=32)
def _preset(name: str) -> Preset:
    return pretrained.preset(name)
