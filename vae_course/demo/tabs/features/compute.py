"""What the tab Features computes: a picture's code, moved along sliders, and decoded."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ....faces import apply_attribute
from ...core import limits
from ...core.choice import Choice, index_of, is_upload, picked
from ...core.limits import Refused
from ...core.model import Model, first, kept, ordered, shipped
from . import texts
from .knobs import Knob, kind_of, knob, knobs
from .readings import probe

PREFERRED = ("faces", "drawn")
STRENGTHS = {
    "celeba": (-2, -1, 0, 1, 2, 3, 4),
    "drawn": (-1, -0.5, 0, 0.5, 1, 1.5, 2),
    "latent": (-3, -2, -1, 0, 1, 2, 3),
}  # of a strip's pictures
GLASSES = {"celeba": 3.0, "drawn": 1.0}  # how far they are moved at first
LATENT = 2.0  # how far a dimension is, where there are none
WANTED = {  # of the picture that the tab opens with, so that there is something to add
    "celeba": dict.fromkeys(("Smiling", "Eyeglasses", "Male", "Wearing_Hat", "Bangs"), -1.0),
    "drawn": {"smile": -0.5, "glasses": -1.0, "beard": -1.0, "hair_style": 0.5},
}


@dataclass(frozen=True)
class Start:
    """A picture before anything moved."""

    x: Tensor  # (C, H, W)
    mu: Tensor  # (D,)
    before: Tensor  # (C, H, W), mu decoded
    source: str  # as choice.Picked


@dataclass(frozen=True)
class Moved:
    """A picture, and what sliders make of it."""

    choice: Choice
    start: Start
    strengths: dict[str, float]  # of the sliders that are not at 0
    z: Tensor  # (D,)
    after: Tensor  # (C, H, W), z decoded


def start(model: Model, choice: Choice) -> Start:
    """A gallery index or an upload's key, encoded. Raises Refused."""
    if not is_upload(choice):
        return _of_gallery(model, index_of(model, choice))
    upload = picked(model, choice)
    return Start(upload.x[0], upload.mu[0], model.decode(upload.mu)[0], upload.source)


@kept(8)  # a slider asks again and again
def _of_gallery(model: Model, index: int) -> Start:
    mu = model.gallery.mu[index]
    source = "code" if model.originals is None else "original"
    return Start(model.pictures[index], mu, model.decode(mu[None])[0], source)


def checked(model: Model, strengths) -> dict[str, float]:
    """The sliders that are not at 0, by key. Raises Refused."""
    reach = {known.key: known.reach for known in knobs(model)}
    if not isinstance(strengths, dict) or len(strengths) > len(reach) or not all(key in reach for key in strengths):
        raise Refused(texts.NO_KNOB)
    values = {
        key: limits.number(value, -reach[key], reach[key], texts.KNOB.format(key=key))
        for key, value in strengths.items()
    }
    return {key: value for key, value in values.items() if value}


def move(model: Model, choice: Choice, strengths) -> Moved:
    """The picture, its code moved by sliders (key -> strength), and that decoded. Raises Refused."""
    strengths, origin = checked(model, strengths), start(model, choice)
    z = origin.mu
    for key, strength in strengths.items():
        z = apply_attribute(z, knob(model, key).direction, strength)
    after = model.decode(z[None])[0] if strengths else origin.before
    return Moved(choice, origin, strengths, z, after)


def strip(model: Model, origin: Start, moved: Knob) -> Tensor:
    """A picture with a slider at each of STRENGTHS, (7, C, H, W)."""
    strengths = torch.tensor(STRENGTHS[kind_of(model)])
    return model.decode(origin.mu + strengths[:, None] * moved.direction)


def opening_model() -> str:
    return first(*PREFERRED)


def opening(model: Model) -> dict[str, float]:
    """The slider that is moved when a model opens: glasses, or the dimension with the largest KL."""
    if any(known.key == "glasses" for known in knobs(model)):
        return {"glasses": GLASSES[kind_of(model)]}
    return {next(known.key for known in knobs(model) if known.kl is not None): LATENT}


def carried(model: Model, strengths) -> dict[str, float]:
    """What stays moved when this model takes over: features that it has too, else its own opening. Raises Refused."""
    reach = {known.key: known.reach for known in knobs(model) if known.attribute}
    asked = strengths if isinstance(strengths, dict) else {}
    stay = {key: limits.number(asked[key], -99, 99, texts.KNOB.format(key=key)) for key in reach if key in asked}
    return {key: max(-reach[key], min(reach[key], value)) for key, value in stay.items()} or opening(model)


@kept(1)
def opening_picture(model: Model) -> int:
    """A gallery picture that the model tells well and in which there is something to add; siblings share it."""
    elder = next((name for name in PREFERRED if name in ordered() and _same_gallery(shipped(name), model)), model.name)
    if elder != model.name:
        return opening_picture(shipped(elder))
    reader, typical = probe(model), model.typical
    if reader is None:
        return int(typical[0])
    wanted = WANTED[kind_of(model)]
    weights = torch.tensor([wanted.get(name, 0.0) for name in reader.names])
    typical = typical[: max(2, len(typical) // 2)]
    return int(typical[(reader.read(model.gallery.mu[typical]) @ weights).argmax()])


def _same_gallery(elder: Model, model: Model) -> bool:
    """Whether two models show the same pictures, so that they can open with the same one."""
    if not model.lasting or elder.preset.data.source != model.preset.data.source:
        return False
    a, b = elder.gallery, model.gallery
    return a.files == b.files and torch.equal(a.indices, b.indices)
