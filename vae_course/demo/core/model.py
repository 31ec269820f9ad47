"""One model as the demo sees it, shipped or a visitor's own: taken once when an event begins, and passed on."""

import secrets
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial, wraps
from typing import TypeVar, cast

import torch
from torch import Tensor

from ... import pretrained
from ...beta import kl_per_dimension
from ...flow import Flow
from ...presets import Preset
from ...text import Both
from ...vae import VAE
from ...web import files, parts
from . import originals, store, texts, titles
from .limits import Refused, tell

OWN = "own"  # what a visitor's own model is called in an address and in menus
TOGETHER = 8  # pictures that go through a network at once
Function = TypeVar("Function", bound=Callable)


class Model:
    """What tabs ask of a model. Codes are (N, D), pictures (N, C, H, W) in [0, 1]."""

    name: str
    title: Both
    sentence: Both  # on what it learnt from
    network: VAE
    preset: Preset
    card: dict
    gallery: pretrained.Gallery
    gaussian: tuple[Tensor, Tensor]  # fitted to the training codes: mean (D,), covariance (D, D)
    flow: Flow | None  # a learnt prior
    directions: dict[str, Tensor]  # attribute -> (D,)
    lasting: bool  # stays for ever, and anybody may see what is made of it
    originals: Tensor | None  # the gallery's true pictures (M, C, H, W), where they are on this machine
    key = ""  # of a visitor's own one, another for each training

    @property
    def numbers(self) -> Both:
        """One line of the card's figures."""
        return titles.numbers(self.card)

    @property
    def latent_dim(self) -> int:
        return self.preset.model.latent_dim

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)"""
        return (self.preset.data.channels, *self.preset.data.input_size)

    @torch.inference_mode()
    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(mu, logvar) of pictures, a few at a time to spare memory."""
        mu, logvar = zip(*(self.network.encode(part) for part in x.split(TOGETHER)), strict=True)
        return torch.cat(mu), torch.cat(logvar)

    @torch.inference_mode()
    def decode(self, z: Tensor) -> Tensor:
        """Pictures of codes, a few at a time to spare memory."""
        return torch.cat([self.network.decode(part) for part in z.split(TOGETHER)])

    def reconstruct(self, x: Tensor) -> Tensor:
        """Pictures through the code and back, decoding mu."""
        return self.decode(self.encode(x)[0])

    @cached_property
    def pictures(self) -> Tensor:
        """What the gallery shows, (M, C, H, W): originals, or the stored codes decoded."""
        return self.decode(self.gallery.mu) if self.originals is None else self.originals

    @cached_property
    def typical(self) -> Tensor:
        """The gallery's indices, (M,): pictures whose codes lie nearest the middle first."""
        mu = self.gallery.mu
        return (mu - mu.mean(dim=0)).norm(dim=1).argsort()

    @cached_property
    def kl(self) -> Tensor:
        """Each dimension's mean KL over the gallery, (D,), in nats."""
        return kl_per_dimension(self.gallery.mu, self.gallery.logvar)

    @cached_property
    def dimensions(self) -> Tensor:
        """The latent dimensions, (D,), the one with the largest KL first."""
        return self.kl.argsort(descending=True)


class Shipped(Model):
    """A model of vae_course/weights; each part is read when it is first asked for, and kept."""

    lasting = True
    PARTS = ("network", "card", "preset", "gallery", "gaussian", "flow", "directions")

    def __init__(self, name: str):
        self.name, self.title, self.sentence = name, titles.title(name), titles.sentence(name)

    def __getattr__(self, part: str):
        if part != "originals" and part not in self.PARTS:
            raise AttributeError(part)
        with torch.inference_mode(False):  # whoever asks first, the weights stay ordinary tensors
            if part == "originals":
                value = originals.of(self.preset.data, self.gallery, self.encode)
            else:
                value = getattr(pretrained, "load" if part == "network" else part)(self.name)
        return vars(self).setdefault(part, value)


@dataclass(frozen=True, eq=False)
class Own(Model):
    """A model that a visitor trained here, with all that a shipped one has."""

    network: VAE
    preset: Preset
    card: dict
    gallery: pretrained.Gallery
    originals: Tensor | None
    gaussian: tuple[Tensor, Tensor]
    directions: dict[str, Tensor] = field(default_factory=dict)  # nobody labelled its pictures
    key: str = field(default_factory=lambda: secrets.token_hex(8))

    name, lasting, flow = OWN, False, None
    title, sentence = texts.OWN_TITLE, texts.OWN_SENTENCE

    def file(self, address: str) -> bytes:
        """What lies at the address of one of its parts; nothing at others."""
        part = next((part for part in parts.EVERY if files.part(OWN, part, self.key) == address), None)
        return parts.cut_of(self.network, self.preset, self.gaussian, part) if part else b""


@lru_cache(maxsize=1)
def ordered() -> tuple[str, ...]:
    """The names of the shipped models, those worth seeing first in front."""
    shipped = pretrained.names()
    known = tuple(name for name in texts.TITLES if name in shipped)
    return known + tuple(name for name in shipped if name not in known)


@lru_cache(maxsize=64)
def shipped(name: str) -> Model:
    """A shipped model, the same object each time. Raises UnknownModel."""
    if name not in ordered():
        raise pretrained.UnknownModel(name)
    return Shipped(name)


def take(name) -> Model:
    """The model of that name, the current visitor's own among them. Raises Refused when there is none (any more)."""
    if name == OWN:
        if (own := store.visitor().own) is None:
            raise Refused(texts.NO_MODEL)
        return own
    if not isinstance(name, str) or name not in ordered():
        raise Refused(texts.NO_SUCH_MODEL.format(name=str(name)[:40], names=", ".join(ordered())))
    return shipped(name)


def from_address(name, otherwise: str) -> Model:
    """The model whose name stood in the address, if there is one, else that of the name `otherwise`."""
    try:
        return take(name)
    except Refused:
        if name == OWN:
            tell(texts.NOT_SHARED["model"])
        return take(otherwise)


def first(*preferred: str) -> str:
    """The name of the model that a tab opens with: the first shipped one of those preferred, else the first at all."""
    return next((name for name in preferred if name in ordered()), ordered()[0])


def first_real(*preferred: str) -> str:
    """Like `first`, of those whose true pictures are here: those of drawn faces are everywhere."""
    return first(*(name for name in preferred if name in ordered() and originals.there(shipped(name).preset.data)))


def kept(most: int) -> Callable[[Function], Function]:
    """Decorator for function(model, *more): so many results are kept with each model, and go with it.

    Never for what a visitor uploaded: a shipped model stays for ever.
    """

    def decorate(function: Function) -> Function:
        place = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def call(model: Model, *more):
            cache = vars(model).get(place)
            if cache is None:
                cache = vars(model).setdefault(place, lru_cache(most)(partial(_called, function, weakref.ref(model))))
            return cache(*more)

        return cast(Function, call)

    return decorate


def _called(function: Callable, model: weakref.ref, *more):
    return function(model(), *more)
