"""What the tab Reconstruct computes: a picture's way through its model and another one, and what it costs."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ....evaluation import psnr
from ....loss import kl_divergence, log_normal, reconstruction_loss
from ....sampling import reparameterize
from ...core import limits, uploads
from ...core.choice import Choice, Picked, is_upload, picked, pixels_of
from ...core.model import Model, first_real, kept, ordered
from ...ui import pictures

DRAWS = 8
TELLING = {"cats": 103, "faces": 58, "drawn": 50}  # pictures that others retell recognisably in their own words


def opening_model() -> str:
    return first_real("cats", "drawn")


def partner(name: str) -> str:
    """The model to compare with at first."""
    return next(other for other in ("faces", "cats", *ordered(), name) if other in ordered() and other != name)


def opening_picture(model: Model) -> int:
    """The gallery picture that a model begins with."""
    index = TELLING.get(model.name, len(model.gallery.mu))
    return index if index < len(model.gallery.mu) else int(model.typical[0])


@dataclass(frozen=True)
class Result:
    """A picture, its way through the model, and the price."""

    picked: Picked
    x_hat: Tensor  # (1, C, H, W), decoding mu
    draws: Tensor  # (8, C, H, W), decoding z
    kind: str  # of loss
    beta: float
    reconstruction: float  # in the loss's own unit, decoding mu
    kl: float  # nats
    psnr: float  # dB
    usual_psnr: float  # what the model reaches on pictures that it never saw, dB
    floor: float | None  # the least BCE that this picture can have, nats
    pixel_sigma: float  # of the decoder, from the model's usual error

    @property
    def loss(self) -> float:
        return self.reconstruction + self.beta * self.kl


def reconstructed(model: Model, choice: Choice, seed: int) -> Result:
    """A choice's way through a model, with draws of that seed. Raises Refused."""
    options, figures = model.preset.training, model.card["figures"]
    generator = torch.Generator().manual_seed(limits.seed(seed))
    start = picked(model, choice)
    x, x_hat = start.x, model.decode(start.mu)
    z = reparameterize(start.mu.expand(DRAWS, -1), start.logvar.expand(DRAWS, -1), generator)
    return Result(
        start, x_hat, model.decode(z), options.loss, options.beta,
        reconstruction=_price(x, x_hat, options.loss, figures["mse"]),
        kl=kl_divergence(start.mu, start.logvar).item(),
        psnr=psnr(x, x_hat),
        usual_psnr=figures["psnr"],
        floor=reconstruction_loss(x, x, "bce").item() if options.loss == "bce" else None,
        pixel_sigma=math.sqrt(figures["mse"]),
    )  # fmt: skip


def _price(x: Tensor, x_hat: Tensor, kind: str, usual_mse: float) -> float:
    if kind == "gaussian":  # training fits the variance to a batch; one picture alone is judged by the usual one
        return -log_normal(x.flatten(1), x_hat.flatten(1), torch.tensor(math.log(usual_mse))).item()
    return reconstruction_loss(x, x_hat, kind).item()


@dataclass(frozen=True)
class Row:
    """One picture through two models."""

    x: Tensor  # (1, C, H, W), as it is shown
    source: str  # as in Picked
    of: Model | None  # whose gallery it is from
    x_hats: tuple[Tensor, Tensor]  # each (1, C, H, W) in its model's own shape, decoding mu
    psnrs: tuple[float, float]  # dB
    difference: Tensor  # (3, H, W), of the first model


def cross(model: Model, choice: Choice, other: Model, result: Result) -> tuple[Row, Row]:
    """A result's choice also through another model, and a picture of the other one's through both. Raises Refused."""
    x, pixels = result.picked.x, pixels_of(choice)
    x_other = fitted(x, other) if pixels is None else uploads.as_input(pixels, other.image_shape)
    of = None if is_upload(choice) else model
    here = _row(result.picked, of, (x, result.x_hat), (x_other, other.reconstruct(x_other)))
    theirs = telling(other)
    x_back = fitted(theirs.x, model)
    back = _row(theirs, other, (x_back, model.reconstruct(x_back)), (theirs.x, other.decode(theirs.mu)))
    return here, back


@kept(1)
def telling(model: Model) -> Picked:
    """The gallery picture that a model begins with, ready to go through others."""
    return picked(model, opening_picture(model))


def _row(start: Picked, of: Model | None, *ways: tuple[Tensor, Tensor]) -> Row:
    """ways: what each model took, and made of it."""
    (x, x_hat), (x_other, x_hat_other) = ways
    psnrs = psnr(x, x_hat), psnr(x_other, x_hat_other)
    return Row(start.x, start.source, of, (x_hat, x_hat_other), psnrs, pictures.difference(x[0], x_hat[0]))


def fitted(x: Tensor, model: Model) -> Tensor:
    """A picture (1, C, H, W) in the shape that a model takes."""
    shape = model.image_shape
    return x if x.shape[1:] == shape else uploads.as_input(pictures.to_bytes(x[0]), shape)
