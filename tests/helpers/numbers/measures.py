"""What several tables measure."""

import contextlib
import io
import math

import torch
from torch import Tensor

from vae_course import notebook, pretrained
from vae_course.images import to_unit_range


def learnt(name: str, of: int) -> int:
    """How many of a set's pictures a shipped model was trained on."""
    preset = pretrained.preset(name)
    kept = preset.data.test_split + (0 if preset.training.refit else preset.data.validation_split)
    return of - round(of * kept)


FACES_LEARNT = learnt("faces", of=9500)


def shown(kind: str, n: int, split: str = "train") -> Tensor:
    """The pictures that a notebook gets, (n, C, H, W), without the sentence that says which."""
    with contextlib.redirect_stdout(io.StringIO()):
        return to_unit_range(notebook.pictures(kind, n, split).images)


def figures(name: str) -> dict:
    """What a shipped model's card says was measured on all its test pictures."""
    return pretrained.card(name)["figures"]


def away(name: str) -> Tensor:
    """KL from the prior of the Gaussian fitted to a model's codes: a lower bound on the aggregate posterior's."""
    mean, cov = (part.double() for part in pretrained.gaussian(name))
    return 0.5 * (cov.trace() + mean.square().sum() - len(mean) - cov.logdet())


def decibels(mse: float) -> float:
    return -10 * math.log10(mse)


def pca_error(train: Tensor, held: Tensor, count: int) -> float:
    """Mean squared error of held pictures, (N, C, H, W), rebuilt from the training ones' first components."""
    flat, centre = train.flatten(1), train.flatten(1).mean(dim=0)
    torch.manual_seed(0)
    _, _, axes = torch.pca_lowrank(flat - centre, q=count, center=False, niter=4)  # (D, K)
    away = held.flatten(1) - centre
    return (away - away @ axes @ axes.T).square().mean().item()


def faces_pca(_) -> float:
    """Decibels of a PCA with as many numbers as `faces`, from the faces that it learnt too."""
    same = torch.cat([shown("faces", 8550), shown("faces", 475, "validation")])
    assert len(same) == FACES_LEARNT
    return decibels(pca_error(same, shown("faces", 475, "test"), 128))
