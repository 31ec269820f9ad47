"""Lesson 05: a step, an epoch, an evaluation, and stopping, saving and resuming. The production loop is in `fit`."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from .files import replacing
from .loss import vae_loss

TERMS = ("loss", "reconstruction", "kl")


class NonFiniteLoss(ArithmeticError):
    """The loss became infinite or not a number; the weights were left as they were before that step."""


def train_step(
    model: nn.Module,
    x: Tensor,
    optimizer: torch.optim.Optimizer,
    beta: float = 1.0,
    *,
    kind: str = "bce",
    gradient_clip: float | None = None,
    precision: torch.dtype = torch.float32,
    generator: torch.Generator | None = None,
) -> dict[str, float]:
    """One optimisation step on a batch x (N, C, H, W), in train mode.

    generator: for the model's noise, as model(x, generator); None: model(x). Returns the batch's loss, reconstruction
    and kl, as they were before the step. Raises NonFiniteLoss before it.
    """
    if not model.training:  # setting the mode of every layer takes longer than calling a small one
        model.train()
    with torch.autocast(x.device.type, dtype=precision, enabled=precision != torch.float32):
        x_hat, mu, logvar = model(x) if generator is None else model(x, generator)
    terms = vae_loss(x, x_hat, mu, logvar, beta, kind)
    values = dict(zip(TERMS, torch.stack(terms).tolist(), strict=True))
    if not math.isfinite(values["loss"]):
        raise NonFiniteLoss(", ".join(f"{term} = {value}" for term, value in values.items()))
    optimizer.zero_grad()
    terms[0].backward()
    if gradient_clip is not None:
        nn.utils.clip_grad_norm_(model.parameters(), gradient_clip)
    optimizer.step()
    return values


def train_epoch(
    model: nn.Module, batches: Iterable[Tensor], optimizer: torch.optim.Optimizer, beta: float = 1.0
) -> dict[str, float]:
    """Once over the batches, a `train_step` each. Returns the three terms averaged over all images.

    A batch's terms are measured before its own step: the average mixes the epoch's first weights with its last.
    """
    total = Mean()
    for x in batches:
        total.add(train_step(model, x, optimizer, beta), len(x))
    return total.mean()


def evaluate(
    model: nn.Module,
    batches: Iterable[Tensor],
    beta: float = 1.0,
    kind: str = "bce",
    generator: torch.Generator | None = None,
) -> dict[str, float]:
    """Loss, reconstruction and kl averaged over all images of the batches, in eval mode, without gradients.

    generator: as in `train_step`.
    """
    total = Mean()
    with inference(model):
        for x in batches:
            x_hat, mu, logvar = model(x) if generator is None else model(x, generator)
            terms = vae_loss(x, x_hat, mu, logvar, beta, kind)
            total.add(dict(zip(TERMS, torch.stack(terms).tolist(), strict=True)), len(x))
    return total.mean()


@contextmanager
def inference(module: nn.Module) -> Iterator[None]:
    """Eval mode without gradients; afterwards every submodule's mode is as before."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part in training:
            part.training = True


class Mean:
    """A running mean of dicts of numbers, each weighed by its count of images."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.count = 0

    def add(self, values: dict[str, float], count: int) -> None:
        self.count += count
        for key, value in values.items():
            self.sums[key] = self.sums.get(key, 0.0) + value * count

    def mean(self) -> dict[str, float]:
        if not self.count:
            raise ValueError("there is no image to average over")
        return {key: value / self.count for key, value in self.sums.items()}


def prefixed(part: str, values: dict[str, float]) -> dict[str, float]:
    """The values under the names of a history: "loss" becomes "train_loss"."""
    return {f"{part}_{key}": value for key, value in values.items()}


class EarlyStopping:
    """Tells when a value has not fallen below its best by more than min_delta `patience` times in a row."""

    def __init__(self, patience: int, min_delta: float = 0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = math.inf, 0

    def update(self, value: float) -> bool:
        """True once `patience` updates in a row brought no improvement."""
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return self.waited >= self.patience


def save_checkpoint(path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    """All that resuming needs: weights, buffers, the optimizer's state, the epoch."""
    with replacing(path) as temporary:
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, temporary)


def load_checkpoint(path: str | Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Puts a saved state back into model and optimizer, in place. Returns the epoch."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]
