"""The production trainer: Lesson 05's step and evaluation in one loop that can be stopped and resumed exactly.

`Settings` is how it trains and never changes, `State` all that does change, `fit` the loop.
"""

import copy
import inspect
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, ReduceLROnPlateau
from tqdm import tqdm

from .augmentation import color_jitter, mirror_half, shift
from .files import DamagedFile, first_sentence, replacing
from .history import append_history, write_history
from .images import minibatches
from .training import EarlyStopping, Mean, NonFiniteLoss, evaluate, prefixed, train_step


@dataclass(frozen=True)
class Settings:
    """How `fit` trains."""

    epochs: int
    batch_size: int = 128
    beta: float | Callable[[int], float] = 1.0  # or of the step; validation uses its last value
    kind: str = "bce"  # of the reconstruction's loss
    flip: bool = False  # mirror half of the training pictures
    shift: int = 0  # pixels that they are moved by at most
    color_jitter: float = 0.0  # 0.1: their contrast and light times 0.9 to 1.1; half of that of tint
    gradient_clip: float | None = None  # largest norm of a gradient
    precision: torch.dtype = torch.float32
    validate_every: int = 1  # epochs
    checkpoint_every: int = 0  # epochs; 0: only the best and the last are kept

    def beta_at(self, step: int) -> float:
        return self.beta(step) if callable(self.beta) else self.beta


class Average(nn.Module):
    """A copy of the model whose weights and buffers follow it as an exponential moving average.

    The decay begins small, min(decay, (1 + n) / (10 + n)) after n steps, so that the first weights are soon forgotten.
    """

    def __init__(self, model: nn.Module, decay: float):
        super().__init__()
        self.module, self.decay = copy.deepcopy(model), decay
        self.n_averaged = nn.Buffer(torch.tensor(0))  # steps

    def following(self, model: nn.Module) -> Callable[[], None]:
        """What to call after each of the model's steps. It looks up their tensors once, not at each step."""
        mine, its = ([part.detach() for part in (*one.parameters(), *one.buffers())] for one in (self.module, model))
        counts = [(one, other) for one, other in zip(mine, its, strict=True) if not one.is_floating_point()]
        weights, latest = ([part for part in one if part.is_floating_point()] for one in (mine, its))

        def follow() -> None:
            n = int(self.n_averaged)
            torch._foreach_lerp_(weights, latest, 1 - min(self.decay, (1 + n) / (10 + n)) if n else 1.0)
            for count, other in counts:  # of batches
                count.copy_(other)
            self.n_averaged.add_(1)

        return follow


@dataclass
class State:
    """A training in progress: all that a checkpoint holds, so that resuming goes on exactly.

    Its random numbers are nobody else's: `generator`, on the CPU, shuffles and alters pictures; `noise`, on the device,
    draws the z of a model that is called as model(x, generator), seeded like `generator` if not given. A model that is
    called as model(x) draws from torch's global generator, which a checkpoint does not hold.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: LRScheduler | None = None
    average: Average | None = None
    stopping: EarlyStopping | None = None
    generator: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(0))
    noise: torch.Generator | None = None
    parallel: nn.Module | None = None  # what steps call in the model's place, where several processes train it
    epoch: int = 0  # finished ones
    step: int = 0
    best: float = math.inf  # validation loss
    improved: bool = False  # by the last epoch
    stopped: bool = False  # early
    history: list[dict[str, float]] = field(default_factory=list)

    PARTS = ("model", "optimizer", "schedule", "average")
    NUMBERS = ("epoch", "step", "best", "stopped", "history")

    def __post_init__(self) -> None:
        if self.noise is None and "generator" in inspect.signature(self.model.forward).parameters:
            self.noise = torch.Generator(self.device).manual_seed(self.generator.initial_seed())

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def result(self) -> nn.Module:
        """The model to judge and keep: the averaged weights where there are any."""
        return self.model if self.average is None else self.average.module

    def save(self, path: str | Path) -> None:
        state = {name: getattr(self, name).state_dict() for name in self.PARTS if getattr(self, name) is not None}
        state |= {name: getattr(self, name) for name in self.NUMBERS}
        state["stopping"] = None if self.stopping is None else (self.stopping.best, self.stopping.waited)
        state["random"] = [chance.get_state() for chance in (self.generator, self.noise) if chance is not None]
        with replacing(path) as temporary:
            torch.save(state, temporary)

    def load(self, path: str | Path) -> None:
        """Takes on what `save` wrote. Raises DamagedFile."""
        state = read_checkpoint(path)
        try:
            for name in self.PARTS:
                if getattr(self, name) is not None:
                    getattr(self, name).load_state_dict(state[name])
            if self.stopping is not None:
                self.stopping.best, self.stopping.waited = state["stopping"]
            shuffling, *noises = state["random"]  # noises: one, or in the first version's files one a device
            self.generator.set_state(shuffling)
        except (RuntimeError, KeyError, ValueError, TypeError) as error:
            raise DamagedFile(f"{path} is of another training ({first_sentence(error)})") from None
        for name in self.NUMBERS:
            setattr(self, name, state[name])
        for noise in noises:
            if self.noise is not None and len(noise) == len(self.noise.get_state()):  # else of another kind of device
                self.noise.set_state(noise)


def read_checkpoint(path: str | Path) -> dict:
    """What `State.save` wrote. Raises DamagedFile, and OSError for what can't be opened."""
    with open(path, "rb") as file:
        try:
            state = torch.load(file, map_location="cpu", weights_only=True)
            missing = [name for name in ("model", *State.NUMBERS) if name not in state]
        except Exception as error:  # what a file that was cut raises differs: EOFError, OSError, RuntimeError, ...
            missing = [first_sentence(error)]
    if missing:
        raise DamagedFile(
            f"{path} is damaged or no checkpoint ({missing[0]}): copy another of its folder over it, such as best.pt, "
            "or begin again with --force"
        )
    return state


def load_result(path: str | Path, model: nn.Module) -> None:
    """Puts the weights that a checkpoint of `fit` would keep, the averaged ones where there are any, into the model."""
    state = read_checkpoint(path)
    average = {name[7:]: value for name, value in state.get("average", {}).items() if name.startswith("module.")}
    model.load_state_dict(average or state["model"])


def cosine_with_warmup(optimizer: torch.optim.Optimizer, steps: int, warmup: float = 0.03) -> LambdaLR:
    """Learning rate: linear from near 0 over that fraction of all steps, then half a cosine down to 0."""
    first = max(1, round(steps * warmup))

    def factor(step: int) -> float:
        if step < first:
            return (step + 1) / first
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - first) / max(1, steps - first))))

    return LambdaLR(optimizer, factor)


# the loop


def fit(
    state: State,
    settings: Settings,
    train: Tensor,
    val: Tensor | None = None,
    *,
    folder: str | Path | None = None,
    resume: bool = False,
    on_epoch: Iterable[Callable[[State], None]] = (),
    progress: bool = True,
) -> list[dict[str, float]]:
    """Trains state.model in place and returns the history, one dict an epoch (`history.COLUMNS`).

    train, val: all images, uint8 (N, H, W, C) or float32 (N, C, H, W), on the CPU or the model's device. `folder` gets
    checkpoints/ and history.csv; `resume` goes on from its last checkpoint as if the run had not stopped. Raises
    NonFiniteLoss.
    """
    last_beta = settings.beta_at(settings.epochs * steps_an_epoch(state.model, len(train), settings.batch_size))
    last_hook = [] if folder is None else [checkpoints(Path(folder), settings.checkpoint_every, state, resume)]
    hooks = [*on_epoch, *last_hook]  # an epoch counts as done once all that it leaves behind is written
    with progress_bar(state, settings.epochs, len(train), progress) as tell:
        while state.epoch < settings.epochs and not state.stopped:
            started = time.perf_counter()
            row = train_epoch(state, settings, train, tell) | validate(state, settings, val, last_beta)
            judge(state, row, validated=val is not None)
            state.history.append(row | {"seconds": time.perf_counter() - started})
            for hook in hooks:
                hook(state)
    return state.history


def train_epoch(
    state: State, settings: Settings, train: Tensor, tell: Callable[[int, float], None]
) -> dict[str, float]:
    """One pass over all images; its row of the history. `tell` hears each batch's size and loss."""
    total, model = Mean(), state.parallel or state.model
    follow = (lambda: None) if state.average is None else state.average.following(state.model)
    for images in batches(state, settings, train):
        x = as_input(images, state.device)
        x = mirror_half(x, state.generator) if settings.flip else x  # (N, C, H, W)
        x = shift(x, settings.shift, state.generator) if settings.shift else x
        x = color_jitter(x, settings.color_jitter, state.generator) if settings.color_jitter else x
        with located(state.epoch + 1, state.step + 1):
            losses = train_step(
                model, x, state.optimizer, settings.beta_at(state.step), kind=settings.kind,
                gradient_clip=settings.gradient_clip, precision=settings.precision, generator=state.noise,
            )  # fmt: skip
        state.step += 1
        if state.schedule is not None and not isinstance(state.schedule, ReduceLROnPlateau):
            state.schedule.step()
        follow()
        total.add(losses, len(x))
        tell(len(x), losses["loss"])
    state.epoch += 1
    return {"epoch": state.epoch, "lr": state.optimizer.param_groups[0]["lr"], **prefixed("train", total.mean())}


def batches(state: State, settings: Settings, train: Tensor) -> Iterator[Tensor]:
    """An epoch's minibatches; where batch normalisation can't do with one last picture, it joins those before it."""
    parts = minibatches(train, settings.batch_size, state.generator)
    if joins_last(state.model, len(train), settings.batch_size):
        held = next(parts)
        for part in parts:
            if len(part) > 1:
                yield held
            held = part if len(part) > 1 else torch.cat([held, part])
        yield held
    else:
        yield from parts


def joins_last(model: nn.Module, images: int, batch_size: int) -> bool:
    """Whether the last of an epoch's batches would be one picture alone, and the model has batch normalisation."""
    normalised = any(isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)) for layer in model.modules())
    return normalised and 1 < batch_size < images and images % batch_size == 1


def steps_an_epoch(model: nn.Module, images: int, batch_size: int) -> int:
    """How many minibatches `fit` makes of that many images."""
    return math.ceil(images / batch_size) - joins_last(model, images, batch_size)


def validate(state: State, settings: Settings, val: Tensor | None, beta: float) -> dict[str, float]:
    """What validation adds to an epoch's row; nothing where it is not the epoch's turn."""
    if val is None or (state.epoch % settings.validate_every and state.epoch < settings.epochs):
        return {}
    batches = (as_input(images, state.device) for images in val.split(settings.batch_size))
    return prefixed("val", evaluate(state.result, batches, beta, settings.kind, state.noise))


def as_input(images: Tensor, device: torch.device) -> Tensor:
    """A batch ready for the network: bytes (N, H, W, C) become float32 (N, C, H, W); floats stay as they are.

    The numbers of `to_unit_range`, but channels still lie last in memory, as `channels_last_` has it everywhere: to
    call it and turn what it gives would copy each batch twice more, 2 % of a step of `faces`.
    """
    images = images.to(device, non_blocking=True)
    return images.permute(0, 3, 1, 2).float() / 255 if images.dtype == torch.uint8 else images


def check_finite(state: State, row: dict[str, float]) -> None:
    """The epoch's last step may have spoilt the weights after its loss was measured. Raises NonFiniteLoss."""
    if not math.isfinite(row.get("val_loss", 0.0)):
        raise NonFiniteLoss(f"val_loss = {row['val_loss']}")
    if not all(weights.sum().isfinite() for weights in state.model.parameters()):
        raise NonFiniteLoss("weights after the last step")


def judge(state: State, row: dict[str, float], validated: bool) -> None:
    """What follows each epoch: best, learning rate, time to stop? Raises NonFiniteLoss."""
    with located(state.epoch, state.step):
        check_finite(state, row)
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


@contextmanager
def located(epoch: int, step: int) -> Iterator[None]:
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
def progress_bar(state: State, epochs: int, images: int, wanted: bool) -> Iterator[Callable[[int, float], None]]:
    """A bar over all images of all epochs with the latest loss; silent when not wanted or not on a terminal."""
    done, silent = state.epoch * images, None if wanted else True
    with tqdm(total=epochs * images, initial=done, unit="img", unit_scale=True, disable=silent) as bar:

        def tell(count: int, loss: float) -> None:
            bar.set_postfix_str(f"epoch {state.epoch + 1}/{epochs}, loss {loss:.4g}", refresh=False)
            bar.update(count)

        yield tell


# what stays on disk

CHECKPOINTS = ("last.pt", "best.pt", "epoch-[0-9][0-9][0-9][0-9]*.pt")


def checkpoints(folder: Path, every: int, state: State, resume: bool) -> Callable[[State], None]:
    """A hook that keeps folder/checkpoints/{last,best,epoch-0050}.pt and folder/history.csv up to date."""
    last = folder / "checkpoints" / "last.pt"
    if resume and last.exists():
        state.load(last)
    else:
        for pattern in CHECKPOINTS:
            for old in last.parent.glob(pattern):
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
