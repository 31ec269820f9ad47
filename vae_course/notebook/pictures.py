"""Pictures for the notebooks' experiments: the real ones where they are on this machine, others where not."""

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from .. import data, pretrained
from ..data.fashion import CLASSES
from ..text import Both, default_language, pick

REAL = Both(es="Imágenes reales: {title}.", en="Real pictures: {title}.")
DECODED = Both(
    es="{title}: no están en esta máquina; estas imágenes las dibujó el modelo {model} del curso.",
    en="{title}: not on this machine; these pictures were drawn by the course's model {model}.",
)
DRAWN = Both(es="Caras dibujadas por el curso.", en="Faces drawn by the course.")
INSTEAD = Both(
    es="Caras dibujadas por el curso: no hay fotos en esta máquina.",
    en="Faces drawn by the course: there are no photographs on this machine.",
)
MODELS = {"fashion": "fashion-plus", "faces": "faces", "cats": "cats", "drawn": "drawn"}


@dataclass(frozen=True)
class Pictures:
    """Pictures for an experiment, and what the reader is told about them."""

    images: Tensor  # uint8 (n, H, W, C)
    about: Both
    labels: Tensor | None = None  # (n,) int64, positions in classes
    classes: tuple[str | Both, ...] = ()
    attributes: dict[str, Tensor] = field(default_factory=dict)  # name -> (n,), bool or float32

    @property
    def names(self) -> tuple[str, ...]:
        """The classes in the reader's language."""
        return tuple(pick(name, default_language()) for name in self.classes)


def pictures(kind: str, n: int, split: str = "train") -> Pictures:
    """n pictures of "fashion", "faces", "cats" or "drawn", fewer where the set has fewer; always the same ones.

    Where the real set is not on this machine: for faces, drawn ones; for the others, what a shipped model draws. Says
    which.
    """
    if kind not in MODELS:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(MODELS)}")
    try:
        chosen = _real(kind, n, split)
    except data.DataError:
        chosen = _instead(n, split) if kind == "faces" else _decoded(kind, n, split)
    print(pick(chosen.about, default_language()))
    return chosen


def _real(kind: str, n: int, split: str) -> Pictures:
    """Pictures of the set that the shipped model of that kind was trained on. Raises DataError."""
    image_set = data.load(pretrained.preset(MODELS[kind]).data)
    positions = image_set.part(split)[:n]
    return Pictures(
        images=torch.as_tensor(image_set.images[positions]),
        about=DRAWN if kind == "drawn" else REAL.format(title=_title(kind)),
        labels=None if image_set.labels is None else image_set.labels[positions],
        classes=image_set.classes,
        attributes={name: values[positions] for name, values in image_set.attributes.items()},
    )


def _instead(n: int, split: str) -> Pictures:
    """Drawn faces where photographs are missing."""
    return replace(_real("drawn", n, split), about=INSTEAD)


@torch.no_grad()
def _decoded(kind: str, n: int, split: str) -> Pictures:
    """What the shipped model decodes from its gallery's posteriors, drawn from again and again."""
    model, gallery = pretrained.load(MODELS[kind]), pretrained.gallery(MODELS[kind])
    generator = torch.Generator().manual_seed(("train", "validation", "test").index(split))
    chosen = torch.randint(len(gallery.mu), (n,), generator=generator)
    mu, std = gallery.mu[chosen], (0.5 * gallery.logvar[chosen]).exp()
    z = mu + std * torch.randn(mu.shape, generator=generator)
    x = torch.cat([model.decode(part) for part in z.split(256)])  # (n, C, H, W)
    return Pictures(
        images=(x * 255).round().byte().permute(0, 2, 3, 1).contiguous(),
        about=DECODED.format(title=_title(kind), model=MODELS[kind]),
        labels=None if gallery.labels is None else gallery.labels[chosen],
        classes=CLASSES if kind == "fashion" else gallery.classes,
    )


def _title(kind: str) -> Both:
    return Both(**pretrained.card(MODELS[kind])["data"]["title"])
