"""The models that the demo offers: in which order, under which titles, loaded once."""

import re
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from .. import pretrained
from ..text import Both, pick
from ..vae import VAE
from .limits import Refused

TITLES = {
    "faces": Both(es="Rostros", en="Faces"),
    "cats": Both(es="Gatitos", en="Kittens"),
    "emojis": Both(es="Emojis", en="Emojis"),
    "drawn": Both(es="Rostros dibujados", en="Drawn faces"),
    "fashion-plus": Both(es="Ropa, red convolucional", en="Clothes, convolutional network"),
    "fashion": Both(es="Ropa", en="Clothes"),
    "fashion-2d": Both(es="Ropa, 2 dimensiones", en="Clothes, 2 dimensions"),
    "emojis-dense": Both(es="Emojis, red densa", en="Emojis, dense network"),
}
SENTENCES = {
    "faces": Both(es="Aprendió de 8550 fotos de celebridades.", en="It learnt from 8,550 photographs of celebrities."),
    "cats": Both(es="Aprendió de 7900 fotos de gatitos.", en="It learnt from 7,900 photographs of kittens."),
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
            es="Entre sus hermanos solo cambia β, el precio de la KL.",
            en="Among its siblings only β, the KL's price, differs.",
        ),
    ),
    (
        r"fashion-beta-(?P<beta>\d+)",
        Both(es="Ropa, β = {beta}", en="Clothes, β = {beta}"),
        Both(
            es="Entre sus hermanos solo cambia β, el precio de la KL.",
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
            es="Entre sus hermanos solo cambia la dimensión latente.",
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
TOGETHER = 8  # pictures that go through a network at once


def ordered() -> tuple[str, ...]:
    """The shipped models, those worth seeing first in front."""
    shipped = pretrained.names()
    return tuple(name for name in TITLES if name in shipped) + tuple(name for name in shipped if name not in TITLES)


def first(*preferred: str, where: Callable[[str], bool] = lambda name: True) -> str:
    """The model that a tab opens with: the first shipped one of those preferred, else the first at all."""
    candidates = [name for name in (*preferred, *ordered()) if name in ordered()]
    return next((name for name in candidates if where(name)), candidates[0])


def title(name: str) -> Both:
    return _of_series(name, 0) or TITLES.get(name) or Both(es=name, en=name)


def sentence(name: str) -> Both:
    """One sentence on what the model learnt from."""
    given = pretrained.card(name)["data"]["title"]
    return _of_series(name, 1) or SENTENCES.get(name) or Both(es=given["es"] + ".", en=given["en"] + ".")


def _of_series(name: str, which: int) -> Both | None:
    for pattern, *texts in SERIES:
        if match := re.fullmatch(pattern, name):
            return texts[which].format(**match.groupdict())
    return None


def numbers(name: str) -> Both:
    """One line of the card's figures."""
    card = pretrained.card(name)
    return NUMBERS.format(
        latent=card["preset"]["model"]["latent_dim"],
        active=card["figures"]["active_units"],
        parameters=f"{card['parameters']:,}".replace(",", "\u202f"),  # narrow, and no line breaks there
        psnr=card["figures"]["psnr"],
    )


def choices(lang: str) -> list[tuple[str, str]]:
    """(title, name) of each model, as a dropdown wants them."""
    return [(pick(title(name), lang), name) for name in ordered()]


def known(name) -> str:
    """The name itself. Raises Refused when no model is called so."""
    shipped = ordered()
    if not isinstance(name, str) or name not in shipped:
        raise Refused(UNKNOWN.format(name=str(name)[:40], names=", ".join(shipped)))
    return name


@lru_cache(maxsize=32)
def load(name: str) -> VAE:
    return pretrained.load(name)


@torch.inference_mode()
def encode(name: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """(mu, logvar), each (N, D), of pictures (N, C, H, W), a few at a time to spare memory."""
    mu, logvar = zip(*(load(name).encode(part) for part in x.split(TOGETHER)), strict=True)
    return torch.cat(mu), torch.cat(logvar)


@torch.inference_mode()
def decode(name: str, z: Tensor) -> Tensor:
    """Pictures (N, C, H, W) of codes (N, D), a few at a time to spare memory."""
    return torch.cat([load(name).decode(part) for part in z.split(TOGETHER)])


@lru_cache(maxsize=32)
def gaussian(name: str) -> tuple[Tensor, Tensor]:
    return pretrained.gaussian(name)


@lru_cache(maxsize=32)
def preset(name: str):
    return pretrained.preset(name)
