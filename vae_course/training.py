"""Lesson 05: one step, one loop, and stopping, saving and resuming it."""

import csv
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from .files import replacing
from .images import minibatches, to_unit_range
from .loss import vae_loss

TERMS = ("loss", "reconstruction", "kl")
COLUMNS = ("epoch", "lr", *(f"{part}_{term}" for part in ("train", "val") for term in TERMS), "seconds")
Beta = float | Callable[[int], float]


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
) -> dict[str, float]:
    """One optimisation step on a batch x (N, C, H, W), in train mode.

    Returns the batch's loss, reconstruction and kl, as they were before the step. Raises NonFiniteLoss before it.
    """
    model.train()
    with torch.autocast(x.device.type, dtype=precision, enabled=precision != torch.float32):
        x_hat, mu, logvar = model(x)
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


def evaluate(model: nn.Module, batches: Iterable[Tensor], beta: float = 1.0, kind: str = "bce") -> dict[str, float]:
    """Loss, reconstruction and kl averaged over all images of the batches, in eval mode, without gradients."""
    total = Mean()
    with inference(model):
        for x in batches:
            terms = vae_loss(x, *model(x), beta=beta, kind=kind)
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

    def __init__(self):
        self.sums, self.count = {}, 0

    def add(self, values: dict[str, float], count: int) -> None:
        self.count += count
        for key, value in values.items():
            self.sums[key] = self.sums.get(key, 0.0) + value * count

    def mean(self) -> dict[str, float]:
        if not self.count:
            raise ValueError("there is no image to average over")
        return {key: value / self.count for key, value in self.sums.items()}


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


def averaged(model: nn.Module, decay: float) -> AveragedModel:
    """A copy of the model whose weights and buffers follow it as an exponential moving average.

    The decay begins small, min(decay, (1 + n) / (10 + n)) after n steps, so that the first weights are soon forgotten.
    """

    def follow(average: Tensor, latest: Tensor, steps: Tensor) -> Tensor:
        if not latest.is_floating_point():  # a count of batches
            return latest
        return torch.lerp(average, latest, 1 - min(decay, (1 + int(steps)) / (10 + int(steps))))

    return AveragedModel(model, avg_fn=follow, use_buffers=True)


def cosine_with_warmup(optimizer: torch.optim.Optimizer, steps: int, warmup: float = 0.03):
    """Learning rate: linear from near 0 over that fraction of all steps, then half a cosine down to 0."""
    first = max(1, round(steps * warmup))

    def factor(step: int) -> float:
        if step < first:
            return (step + 1) / first
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - first) / max(1, steps - first))))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


@dataclass
class State:
    """A training in progress: all that a checkpoint holds, so that resuming goes on exactly."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None
    average: AveragedModel | None = None
    stopping: EarlyStopping | None = None
    generator: torch.Generator = field(default_factory=torch.Generator)
    epoch: int = 0  # finished ones
    step: int = 0
    best: float = math.inf  # validation loss
    improved: bool = False  # by the last epoch
    stopped: bool = False  # early
    history: list[dict[str, float]] = field(default_factory=list)

    PARTS = ("model", "optimizer", "schedule", "average")
    NUMBERS = ("epoch", "step", "best", "stopped", "history")

    @property
    def result(self) -> nn.Module:
        """The model to judge and keep: the averaged weights where there are any."""
        return self.model if self.average is None else self.average.module

    def save(self, path: str | Path) -> None:
        state = {name: getattr(self, name).state_dict() for name in self.PARTS if getattr(self, name) is not None}
        state |= {name: getattr(self, name) for name in self.NUMBERS}
        state["stopping"] = None if self.stopping is None else (self.stopping.best, self.stopping.waited)
        state["random"] = [self.generator.get_state(), torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
        with replacing(path) as temporary:
            torch.save(state, temporary)

    def load(self, path: str | Path) -> None:
        state = torch.load(path, map_location="cpu", weights_only=True)
        for name in self.PARTS:
            if getattr(self, name) is not None:
                getattr(self, name).load_state_dict(state[name])
        for name in self.NUMBERS:
            setattr(self, name, state[name])
        if self.stopping is not None:
            self.stopping.best, self.stopping.waited = state["stopping"]
        shuffling, drawing, *devices = state["random"]
        self.generator.set_state(shuffling)
        torch.set_rng_state(drawing)
        if torch.cuda.is_available() and len(devices) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(devices)


def load_result(path: str | Path, model: nn.Module) -> None:
    """Puts the weights that a checkpoint of `fit` would keep, the averaged ones where there are any, into the model."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    average = {name.removeprefix("module."): value for name, value in state.get("average", {}).items()}
    average.pop("n_averaged", None)
    model.load_state_dict(average or state["model"])


def fit(
    model: nn.Module,
    train: Tensor,
    val: Tensor | None = None,
    *,
    epochs: int,
    batch_size: int = 128,
    optimizer: torch.optim.Optimizer | None = None,
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
    average: AveragedModel | None = None,
    stopping: EarlyStopping | None = None,
    beta: Beta = 1.0,
    kind: str = "bce",
    flip: bool = False,
    gradient_clip: float | None = None,
    precision: torch.dtype = torch.float32,
    validate_every: int = 1,
    checkpoint_every: int = 0,
    seed: int = 0,
    folder: str | Path | None = None,
    resume: bool = False,
    on_epoch: Iterable[Callable[[State], None]] = (),
    progress: bool = True,
) -> list[dict[str, float]]:
    """Trains the model in place and returns the history, one dict an epoch (COLUMNS).

    train, val: all images, uint8 (N, H, W, C) or float32 (N, C, H, W), on the CPU or the model's device. beta: a number
    or a callable of the step; validation uses its last value. `folder` gets checkpoints/ and history.csv; `resume`
    goes on from its last checkpoint as if the run had not stopped. Raises NonFiniteLoss.
    """
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=5e-4)
    state = State(model, optimizer, schedule, average, stopping, torch.Generator().manual_seed(seed))
    beta_at = beta if callable(beta) else lambda step: beta
    last_beta = beta_at(epochs * math.ceil(len(train) / batch_size))
    last_hook = [] if folder is None else [checkpoints(Path(folder), checkpoint_every, state, resume)]
    hooks = [*on_epoch, *last_hook]  # an epoch counts as done once all that it leaves behind is written
    step = partial(train_step, kind=kind, gradient_clip=gradient_clip, precision=precision)
    device = next(model.parameters()).device

    with progress_bar(state, epochs, len(train), progress) as bar:
        while state.epoch < epochs and not state.stopped:
            started, total = time.perf_counter(), Mean()
            for images in minibatches(train, batch_size, state.generator):
                x = as_input(images, device)
                x = mirror_half(x, state.generator) if flip else x  # (N, C, H, W)
                with located(state.epoch + 1, state.step + 1):
                    losses = step(model, x, optimizer, beta_at(state.step))
                advance(state)
                total.add(losses, len(x))
                bar(len(x), losses["loss"])
            state.epoch += 1
            row = {"epoch": state.epoch, "lr": optimizer.param_groups[0]["lr"], **prefixed("train", total.mean())}
            if val is not None and (state.epoch % validate_every == 0 or state.epoch == epochs):
                batches = (as_input(images, device) for images in val.split(batch_size))
                row |= prefixed("val", evaluate(state.result, batches, last_beta, kind))
            with located(state.epoch, state.step):
                check_finite(state, row)
            judge(state, row, validated=val is not None)
            state.history.append(row | {"seconds": time.perf_counter() - started})
            for hook in hooks:
                hook(state)
    return state.history


def check_finite(state: State, row: dict[str, float]) -> None:
    """The epoch's last step may have spoilt the weights after its loss was measured. Raises NonFiniteLoss."""
    if not math.isfinite(row.get("val_loss", 0.0)):
        raise NonFiniteLoss(f"val_loss = {row['val_loss']}")
    if not all(weights.isfinite().all() for weights in state.model.parameters()):
        raise NonFiniteLoss("weights after the last step")


def as_input(images: Tensor, device: torch.device) -> Tensor:
    """A batch ready for the network: bytes (N, H, W, C) become float32 (N, C, H, W); floats stay as they are."""
    images = images.to(device, non_blocking=True)
    return to_unit_range(images) if images.dtype == torch.uint8 else images


def mirror_half(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture of x (N, C, H, W) mirrored left to right with probability 1/2."""
    chosen = (torch.rand(len(x), generator=generator) < 0.5).to(x.device)
    return torch.where(chosen[:, None, None, None], x.flip(-1), x)


def prefixed(part: str, values: dict[str, float]) -> dict[str, float]:
    return {f"{part}_{key}": value for key, value in values.items()}


def advance(state: State) -> None:
    """What follows each optimisation step: the count, the learning rate, the average."""
    state.step += 1
    if state.schedule is not None and not isinstance(state.schedule, ReduceLROnPlateau):
        state.schedule.step()
    if state.average is not None:
        state.average.update_parameters(state.model)


def judge(state: State, row: dict[str, float], validated: bool) -> None:
    """What follows each epoch: is it the best, does the learning rate drop, is it time to stop?"""
    value = row.get("val_loss") if validated else row["train_loss"]
    if value is None:
        state.improved = False
        return
    state.improved = value < state.best
    state.best = min(state.best, value)
    if isinstance(state.schedule, ReduceLROnPlateau):
        state.schedule.step(value)
    if state.stopping is not None:
        state.stopped = state.stopping.update(value)


def checkpoints(folder: Path, every: int, state: State, resume: bool) -> Callable[[State], None]:
    """A hook that keeps folder/checkpoints/{last,best,epoch-0050}.pt and folder/history.csv up to date."""
    last = folder / "checkpoints" / "last.pt"
    if resume and last.exists():
        state.load(last)
    else:
        for old in last.parent.glob("*.pt"):
            old.unlink()  # of another training
        state.save(last)  # so that there is something to go on from even if the first epoch is interrupted
    write_history(folder / "history.csv", state.history)

    def hook(state: State) -> None:
        if state.improved:
            state.save(last.with_name("best.pt"))
        if every and state.epoch % every == 0:
            state.save(last.with_name(f"epoch-{state.epoch:04d}.pt"))
        append_history(folder / "history.csv", state.history[-1])
        state.save(last)

    return hook


def write_history(path: Path, history: list[dict[str, float]]) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(history)


def append_history(path: Path, row: dict[str, float]) -> None:
    with path.open("a", newline="") as file:
        csv.DictWriter(file, COLUMNS).writerow(row)


def read_history(path: Path) -> list[dict[str, float]]:
    """The rows of a history.csv; what was not measured in an epoch is left out of its row."""
    with path.open(newline="") as file:
        return [{key: float(value) for key, value in row.items() if value} for row in csv.DictReader(file)]


@contextmanager
def located(epoch: int, step: int):
    """Adds to a NonFiniteLoss where it happened and what usually causes it."""
    try:
        yield
    except NonFiniteLoss as error:
        raise NonFiniteLoss(
            f"the loss stopped being a finite number in epoch {epoch}, step {step}: {error}. "
            "Usual causes: a learning rate that is too high; images outside [0, 1]; a logvar so large that exp(logvar) "
            "overflows (try gradient_clip or logvar_start); an activation that grows without bound, such as cosh. "
            "The last checkpoint was not touched."
        ) from None


@contextmanager
def progress_bar(state: State, epochs: int, images: int, shown: bool):
    """A bar over all images of all epochs with the latest loss; silent when not shown or not on a terminal."""
    with tqdm(
        total=epochs * images,
        initial=state.epoch * images,
        unit="img",
        unit_scale=True,
        disable=None if shown else True,
    ) as bar:

        def advance(count: int, loss: float) -> None:
            bar.set_postfix_str(f"epoch {state.epoch + 1}/{epochs}, loss {loss:.4g}", refresh=False)
            bar.update(count)

        yield advance
