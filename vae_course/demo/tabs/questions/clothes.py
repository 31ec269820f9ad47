"""What questions about clothes share: their models side by side, and how many classes samples reach."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ....numbers import decimal
from ....text import Both
from ...core.model import Model, shipped
from . import texts
from .measures import distances, diversity, from_prior, generator, scores, some_pictures

LATENTS, BETAS = (2, 8, 32, 128), (0, 1, 4, 16, 64)
COUNTED = 60  # samples, or pictures of the gallery, whose classes are counted


def of_beta(beta: int) -> Model:
    return shipped(f"fashion-beta-{beta}")


def of_latent(count: int, beta: int = 1) -> Model:
    return shipped(f"fashion-latent-{count}" if beta else f"fashion-latent-{count}-beta-0")


def typical_model() -> Model:
    """The one whose gallery stands for those of all models of clothes."""
    return of_beta(1)


def written(models: Sequence[Model], score: str, lang: str, places: int = 1) -> list[str]:
    """One score of each model."""
    return [decimal(scores(model)[score], places, lang) for model in models]


def picture_rows(name: str, sets: Sequence[Tensor]) -> list[tuple[Both, list[Tensor]]]:
    """A table's rows: the first pictures of all sets, then the second ones, and so on; name: of a text."""
    return [
        (getattr(texts, name).format(number=k), list(row)) for k, row in enumerate(zip(*sets, strict=True), start=1)
    ]


def side_by_side(models: Sequence[Model], seed: int, lang: str, rebuilt: int = 2, drawn: int = 3) -> list[tuple]:
    """A table's rows: the same pictures and seed through several models, and their cards' scores."""
    x = some_pictures(typical_model(), rebuilt, seed)
    return [
        *picture_rows("REBUILT", [model.reconstruct(x) for model in models]),
        *picture_rows("DRAWN", [from_prior(model, drawn, seed) for model in models]),
        (texts.QUALITY, written(models, "psnr", lang)),
        (texts.PRICE, written(models, "kl", lang)),
        (texts.ACTIVE, written(models, "active_units", lang, 0)),
    ]


def halves(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Clothes of the gallery to count, the others to compare with, and the labels of these others."""
    x, labels = typical_model().pictures, typical_model().gallery.labels
    assert labels is not None
    order = torch.randperm(len(x), generator=generator(seed))
    return x[order[:COUNTED]], x[order[COUNTED:]], labels[order[COUNTED:]]


def classes(x: Tensor, real: Tensor, labels: Tensor) -> int:
    """How many classes pictures reach: each has that of its nearest real one; one picture alone may be chance."""
    return int((labels[distances(x, real).argmin(dim=1)].bincount(minlength=10) >= 2).sum())


def measured(x: Tensor, real: Tensor, labels: Tensor, lang: str) -> dict[str, str]:
    """How alike pictures are, how near to real ones, how many classes they reach."""
    nearest = distances(x, real).min(dim=1).values.mean()
    return {
        "spread": decimal(diversity(x), 1, lang), "near": decimal(nearest, 1, lang),
        "classes": str(classes(x, real, labels)),
    }  # fmt: skip
