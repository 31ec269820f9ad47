"""The models that ship with the course: weights, cards, galleries of latent codes. No pickle, no network.

Each is a folder weights/<name>/: model.safetensors (float16), extras.safetensors (the aggregate posterior's Gaussian,
the gallery's codes and maps, attribute directions, for some a learnt prior), card.json, history.csv and, for some,
sheets/epoch-0005.webp.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safetensors.torch import load as load_tensors
from torch import Tensor

from . import presets
from .flow import Flow, VelocityField
from .history import read_history
from .vae import VAE, build

WEIGHTS = Path(__file__).parent / "weights"


class UnknownModel(LookupError):
    """No model of that name ships; the message lists those that do."""


class DamagedModel(Exception):
    """A shipped file is missing or is not the one that its card was written for."""


@dataclass(frozen=True)
class Gallery:
    """Latent codes of pictures, never the photographs; held back from training unless split is "train"."""

    mu: Tensor  # (M, D)
    logvar: Tensor  # (M, D)
    labels: Tensor | None  # (M,) int64, positions in classes
    classes: tuple[str, ...]  # English names; () without labels
    indices: Tensor  # (M,) int64, positions in the image set
    files: tuple[str, ...]  # names inside the set's folder or zip; () for sets without files
    split: str
    maps: dict[str, Tensor]  # "pca", "tsne": (M, 2)


def names() -> tuple[str, ...]:
    """The models that ship, in natural order."""
    return tuple(sorted((path.parent.name for path in WEIGHTS.glob("*/card.json")), key=_natural))


def _natural(name: str) -> list[tuple[bool, int, str]]:
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in name.split("-")]


@lru_cache(maxsize=64)
def card(name: str) -> dict:
    """What is known of a model: data, licence, preset, epochs, seconds, command, checksums, figures."""
    return json.loads(_file(name, "card.json").read_text(encoding="utf-8"))


def preset(name: str) -> presets.Preset:
    """The preset that the model was trained with."""
    return presets.parse(json.dumps(card(name)["preset"]))


def load(name: str) -> VAE:
    """The model, float32, in eval mode. Raises UnknownModel, DamagedModel."""
    model = build(preset(name))
    model.load_state_dict({key: tensor.to(model.state_dict()[key].dtype) for key, tensor in stored(name).items()})
    return model.eval()


def stored(name: str) -> dict[str, Tensor]:
    """The network's tensors as they are kept, most of them float16. Raises UnknownModel, DamagedModel."""
    return _tensors(name, "model")


def gaussian(name: str) -> tuple[Tensor, Tensor]:
    """The Gaussian fitted to the aggregate posterior of the training images: (mean (D,), covariance (D, D))."""
    numbers = _group(name, "gaussian")
    return numbers["mean"], numbers["covariance"]


def flow(name: str) -> Flow | None:
    """The learnt prior of lesson 10, in eval mode; None for models whose codes the Gaussian draws as well or better."""
    about, numbers = card(name).get("flow"), _group(name, "flow")
    if about is None:
        return None
    velocity = VelocityField(preset(name).model.latent_dim, about["width"], about["depth"])
    velocity.load_state_dict(numbers)
    return Flow(velocity.eval(), *gaussian(name))


def gallery(name: str) -> Gallery:
    """The codes of some dozens of pictures, with labels and maps."""
    return gallery_of(extras(name), card(name)["gallery"])


def gallery_of(tensors: dict[str, Tensor], about: dict) -> Gallery:
    """A gallery from its tensors, under names such as "gallery.mu", and from what a card says about it."""
    return Gallery(
        mu=tensors["gallery.mu"].float(),
        logvar=tensors["gallery.logvar"].float(),
        labels=tensors.get("gallery.labels"),
        classes=tuple(about["classes"]),
        indices=tensors["gallery.indices"],
        files=tuple(about["files"]),
        split=about["split"],
        maps={method: tensors[f"gallery.{method}"].float() for method in ("pca", "tsne")},
    )


def directions(name: str) -> dict[str, Tensor]:
    """Attribute or factor -> direction (D,) in the latent space; empty where nothing is known of the pictures."""
    return _group(name, "direction")


def extras(name: str) -> dict[str, Tensor]:
    """All tensors beside the network's, as they are kept: "gaussian.mean", "gallery.mu", ..."""
    return _tensors(name, "extras")


def _group(name: str, group: str) -> dict[str, Tensor]:
    return {
        key.removeprefix(f"{group}."): value.float()
        for key, value in extras(name).items()
        if key.startswith(f"{group}.")
    }


@lru_cache(maxsize=64)
def history(name: str) -> list[dict[str, float]]:
    """The training, a row for each epoch."""
    return read_history(_file(name, "history.csv"))


def sheets(name: str) -> list[tuple[int, Path]]:
    """(epoch, picture) of one fixed z decoded as training went on; empty for most models."""
    _known(name)
    return [
        (int(path.stem.removeprefix("epoch-")), path) for path in sorted((WEIGHTS / name / "sheets").glob("*.webp"))
    ]


def _known(name: str) -> None:
    if name not in names():
        raise UnknownModel(f"no model called {name!r} ships; there are: {', '.join(names())}")


def _file(name: str, file: str) -> Path:
    _known(name)
    return WEIGHTS / name / file


def _tensors(name: str, kind: str) -> dict[str, Tensor]:
    path = _file(name, f"{kind}.safetensors")
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != card(name)["sha256"][path.name]:
        raise DamagedModel(f"{path.name} of the model {name!r} is missing or damaged: fetch the repository again")
    return load_tensors(content)
