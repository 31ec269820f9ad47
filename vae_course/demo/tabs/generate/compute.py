"""What the tab Generate computes: draws of z, what the decoder makes of them, and their neighbours."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from .... import data
from ....faces import draw_gaussian
from ....images import to_unit_range
from ....latent_space import latent_grid
from ....presets import Data
from ....sampling import sample_prior
from ...core import limits
from ...core.limits import Refused
from ...core.model import Model, first, kept, ordered, shipped
from ...ui import pictures
from . import texts

SOURCES = ("prior", "gaussian", "flow", "plain")
# how a model's name begins -> its sibling with a beta of 0
AUTOENCODERS = {"fashion-beta": "fashion-beta-0", "fashion": "fashion-latent-{}-beta-0", "faces": "faces-beta-0"}
MOST, HOTTEST = 64, 2.0
GRID, EDGE = 15, 3.0  # pictures a side and reach of a 2-D model's map
CHECKED, LOOKED_AT = 6, 400  # samples whose neighbours are shown; training pictures that are encoded


def opening_model() -> str:
    return first("fashion-latent-8", "fashion-beta-1", "faces", "drawn")


def without_kl(model: Model) -> bool:
    """Is it no VAE, but an autoencoder itself?"""
    return model.preset.training.beta == 0


def plain(model: Model) -> Model | None:
    """The shipped autoencoder without a KL that learnt from the same pictures with as many dimensions."""
    if without_kl(model):
        return None
    pattern = next((sibling for start, sibling in AUTOENCODERS.items() if model.name.startswith(start)), "")
    name = pattern.format(model.preset.model.latent_dim)
    return shipped(name) if name in ordered() else None


def far_out(model: Model) -> float:
    """How many times as far from the centre the gallery's codes lie as draws of the prior do."""
    return (model.gallery.mu.norm(dim=1).mean() / model.latent_dim**0.5).item()


def sources(model: Model) -> tuple[str, ...]:
    """Where z can be drawn for a model."""
    return tuple(one for one in SOURCES if {"flow": model.flow, "plain": plain(model)}.get(one, True))


def drawn_from(model: Model, source: str) -> Model:
    """The model whose codes a source draws, and which decodes them. Raises Refused where `model` lacks the source."""
    source = limits.one_of(source, SOURCES, texts.ASKED["source"])
    if source not in sources(model):
        having = (name for name in ordered() if source in sources(shipped(name)))
        raise Refused(texts.ABSENT[source].format(names=", ".join(having)))
    return (source == "plain" and plain(model)) or model


def generated(model: Model, seed: int, count: int, temperature: float, source: str) -> Tensor:
    """New pictures, (count, C, H, W). Raises Refused for what is out of bounds."""
    decoder = drawn_from(model, source)
    return decoder.decode(draw(decoder, seed, count, temperature, source))


def draw(model: Model, seed: int, count: int, temperature: float, source: str) -> Tensor:
    """The codes z, (count, D). Raises Refused for what is out of bounds."""
    generator = torch.Generator().manual_seed(limits.seed(seed))
    count = limits.whole(count, 1, MOST, texts.ASKED["count"])
    temperature = limits.number(temperature, 0.0, HOTTEST, texts.ASKED["temperature"])
    if source == "gaussian":
        mean, covariance = model.gaussian
        return mean + temperature * (draw_gaussian(mean, covariance, count, generator) - mean)
    noise = temperature * sample_prior(count, model.latent_dim, generator)
    return model.flow.carry(noise) if source == "flow" and model.flow else noise


def lattice(model: Model) -> Tensor:
    """A 2-D model's decoded lattice as one picture, (C, GRID * H, GRID * W): x to the right, y upwards."""
    half = EDGE * (GRID - 1) / GRID  # the middles of the outer pictures
    return pictures.mosaic(model.decode(latent_grid(GRID, half)), GRID)


@dataclass(frozen=True)
class Neighbours:
    """Samples, and of each the picture whose code lies nearest."""

    samples: Tensor  # (n, C, H, W)
    nearest: Tensor  # (n, C, H, W)
    kind: str  # where these are from: "train", or "gallery" where the training pictures are not on this machine
    among: int  # how many were compared
    distance: float  # of samples to their nearest code, the median
    held: float | None  # of pictures never seen in training to theirs, the median, where the gallery has such


def neighbours(model: Model, seed: int, count: int, temperature: float, source: str) -> Neighbours:
    """Of a source's first samples: is anything copied? Raises Refused for what is out of bounds."""
    judged = drawn_from(model, source)
    count = min(limits.whole(count, 1, MOST, texts.ASKED["count"]), CHECKED)
    z = draw(judged, seed, count, temperature, source)
    kind, codes, pictures_of = _compared(judged)
    nearest = torch.cdist(z, codes).min(dim=1)
    distance, held = nearest.values.median().item(), _held_back(judged, codes)
    return Neighbours(judged.decode(z), pictures_of(nearest.indices), kind, len(codes), distance, held)


def _held_back(model: Model, codes: Tensor) -> float | None:
    """The median distance of the gallery's codes to the nearest other one of `codes`; None if it was trained on."""
    if model.gallery.split == "train":
        return None
    distances = torch.cdist(model.gallery.mu, codes)
    return distances.masked_fill(distances < 1e-6, torch.inf).min(dim=1).values.median().item()  # not to themselves


def _compared(model: Model) -> tuple[str, Tensor, Callable[[Tensor], Tensor]]:
    """(kind, codes (M, D), indices -> pictures): of training pictures where they are here, else of the gallery."""
    if model.lasting:  # what a visitor's own one learnt is not kept
        with suppress(data.DataError, OSError):
            learnt = training_pictures(model.preset.data)
            return "train", training_codes(model), lambda indices: to_unit_range(learnt[indices])
    return "gallery", model.gallery.mu, lambda indices: model.pictures[indices]


@kept(1)
def training_codes(model: Model) -> Tensor:
    """Of what `training_pictures` gives, (M, D)."""
    return model.encode(to_unit_range(training_pictures(model.preset.data)))[0]


@lru_cache(maxsize=8)  # models of one set share them
def training_pictures(about: Data) -> Tensor:
    """The first training pictures, uint8. Raises DataError and OSError where the set is not on this machine."""
    images = data.load(about)
    return images.images[images.train[:LOOKED_AT]].clone()
