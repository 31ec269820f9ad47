"""The sliders of the tab Features: a model's directions of attributes, and its latent dimensions."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ....data import drawn
from ....text import Both
from ...core import attributes
from ...core.limits import Refused
from ...core.model import Model, kept
from . import texts

DIMENSIONS = 8  # raw latent sliders, those with the largest KL; one more for the smallest
ASLEEP = 0.01  # a dimension whose mean varies no more than this from picture to picture has collapsed
REACH = {"celeba": (4.0, 0.1), "drawn": (2.0, 0.05), "latent": (4.0, 0.1)}  # of a slider either way, and its step


@dataclass(frozen=True)
class Knob:
    """A slider: +1 moves the code by `direction`."""

    key: str  # in the address, and in what the page sends
    title: Both
    direction: Tensor  # (D,)
    reach: float
    step: float
    attribute: str | None = None  # whose direction it is
    kl: float | None = None  # of a latent dimension, nats
    asleep: bool = False  # the dimension has collapsed


def kind_of(model: Model) -> str:
    """celeba or drawn where directions are known, else latent."""
    return model.preset.data.source if attributes.of(model) else "latent"


@kept(1)
def knobs(model: Model) -> tuple[Knob, ...]:
    """A model's sliders: features first, then latent dimensions by KL, the last the one with the least."""
    return (*_features(model), *_dimensions(model))


def knob(model: Model, key) -> Knob:
    """The slider of that key. Raises Refused."""
    for known in knobs(model):
        if known.key == key:
            return known
    raise Refused(texts.NO_KNOB)


def _features(model: Model) -> list[Knob]:
    kind = kind_of(model)
    return [
        Knob(key, feature.title, _scale(kind, feature) * model.directions[feature.attribute], *REACH[kind],
             attribute=feature.attribute)
        for key, feature in attributes.of(model).items()
    ]  # fmt: skip


def _scale(kind: str, feature: attributes.Feature) -> float:
    low, high = drawn.FACTORS[feature.attribute] if kind == "drawn" else (0.0, 1.0)
    return feature.sign * (high - low)


def _dimensions(model: Model) -> list[Knob]:
    deviation, order = model.gaussian[1].diag().sqrt(), model.dimensions.tolist()
    asleep = (model.gallery.mu.var(dim=0) <= ASLEEP).tolist()
    chosen = order if len(order) <= DIMENSIONS + 1 else [*order[:DIMENSIONS], order[-1]]
    axes = torch.eye(model.latent_dim)
    return [
        Knob(f"z{k + 1}", texts.DIMENSION.format(number=k + 1), deviation[k] * axes[k], *REACH["latent"],
             kl=model.kl[k].item(), asleep=asleep[k])
        for k in chosen
    ]  # fmt: skip
