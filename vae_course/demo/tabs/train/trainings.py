"""Trainings that visitors start: one thread each, two at once, bounded in every way, kept up by polling."""

import logging
import math
import os
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from .. import pretrained
from ..faces import fit_latent_gaussian
from ..images import to_unit_range
from ..loss import bce
from ..presets import Data, Layer, Model, Optimizer, Preset, Training
from ..runs import measure, ship
from ..text import Both
from ..training import NonFiniteLoss, evaluate, inference, train_step
from ..vae import VAE, build
from . import pictures, store, train_sets
from .limits import Refused, number, one_of, whole

log = logging.getLogger(__name__)

AT_ONCE = 2
STEPS = 6000
SECONDS = 120.0  # of computing, for one training
TURN = 30.0  # seconds after which one that others wait for goes to the end of the queue
AWAY = 60.0  # seconds without a poll after which nobody seems to look any more
MOST_WAITING = 100
MOST_FRAMES = 300
MOST_KEPT = 60  # trainings whose weights stay in memory; the oldest are given up
SAMPLES, HELD, JUDGED = 24, 8, 96  # pictures on a sheet, reconstructed, and measured for the held-back curve
FRAME_GROWTH, FRAME_SECONDS = 1.2, 4.0  # the next sheet: so many times the steps later, or so many seconds
POINT_GROWTH = 1.03
HOPELESS = 1.5  # times the price of knowing nothing: from there on it has diverged
GRACE = 25  # steps before that is judged
SHEET = {"format": "webp", "quality": 70, "method": 2}

NETWORKS = {
    "conv": {"hidden_channels": (32, 64, 128), "norm": "batch"},
    "dense": {"encoder_layers": (Layer(units=256), Layer(units=128))},
}
LATENTS = (1, 2, 4, 8, 16, 32, 64)
BETAS = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 16.0, 64.0)
RATES = (0.00001, 0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1)
BATCHES = (2, 8, 32, 128)

DATA = Both(es="Los datos", en="The data")
NETWORK = Both(es="La red", en="The network")
LATENT = Both(es="La dimensión latente", en="The latent dimension")
BETA = Both(es="β", en="β")
RATE = Both(es="La tasa de aprendizaje", en="The learning rate")
BATCH = Both(es="El tamaño del lote", en="The batch size")
FULL = Both(
    es="La cola está llena: ya esperan 100 entrenamientos. Conviene intentarlo en unos minutos.",
    en="The queue is full: 100 trainings wait already. Please try again in a few minutes.",
)
BROKE = Both(
    es="El entrenamiento falló en el servidor; el detalle quedó en su registro.",
    en="The training failed on the server; its log has the details.",
)


@dataclass(frozen=True)
class Plan:
    """What is trained, and how."""

    data: str = "drawn"
    network: str = "conv"
    latent: int = 16
    beta: float = 1.0
    rate: float = 0.002
    batch: int = 32

    @classmethod
    def checked(cls, data, network, latent, beta, rate, batch) -> "Plan":
        """Raises Refused for what is out of bounds."""
        return cls(
            one_of(data, train_sets.SETS, DATA),
            one_of(network, tuple(NETWORKS), NETWORK),
            whole(latent, 1, max(LATENTS), LATENT),
            number(beta, 0, 1000, BETA),
            number(rate, 1e-7, 1, RATE),
            whole(batch, 2, max(BATCHES), BATCH),
        )

    def preset(self) -> Preset:
        """The same as one experiment's file."""
        about: Data = train_sets.about(self.data).model_copy(update={"batch_size": self.batch})
        options = Training(epochs=1, learning_rate=self.rate, optimizer=Optimizer(), loss="bce", beta=self.beta)
        return Preset(data=about, model=Model(latent_dim=self.latent, **NETWORKS[self.network]), training=options)


class Learner:
    """The model of one training, its pictures, and what is looked at while it learns."""

    def __init__(self, plan: Plan, own: np.ndarray | None, seed: int = 0):
        self.plan = plan
        self.images = train_sets.load(plan.data, own)
        self.generator = torch.Generator().manual_seed(seed)  # of weights, batches and z; nobody else's
        self.model = build(plan.preset(), self.generator).to(memory_format=torch.channels_last)
        bet_half_(self.model.decoder)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=plan.rate, fused=True)
        self.z = torch.randn(SAMPLES, plan.latent, generator=torch.Generator().manual_seed(0))
        self.held = to_unit_range(self.images.images[self.images.validation[:JUDGED]])

    def lines(self) -> dict[str, float]:
        """Lesson 05's: what the held-back pictures cost, in nats, at 0.5 everywhere, as the mean image, as they are."""
        mean = measure.mean_image(self.images.images[self.images.train]).expand_as(self.held)
        bets = {"nothing": torch.full_like(self.held, 0.5), "mean": mean, "floor": self.held}
        return {name: round(bce(self.held, bet).mean().item(), 1) for name, bet in bets.items()}

    def step(self) -> dict[str, float]:
        """One step on a random batch; beta and learning rate may have changed since the last. Raises NonFiniteLoss."""
        train = self.images.train
        chosen = train[torch.randint(len(train), (min(self.plan.batch, len(train)),), generator=self.generator)]
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate
        x = to_unit_range(self.images.images[chosen])
        return train_step(self.model, x, self.optimizer, self.plan.beta, generator=self.generator)

    def look(self) -> dict:
        """The fixed z decoded, held-back pictures reconstructed from mu, and what those cost."""
        with inference(self.model):
            samples = self.model.decode(self.z)
            again = self.model.decode(self.model.encode(self.held[:HELD])[0])
        costs = evaluate(self.model, [self.held], generator=torch.Generator().manual_seed(0))  # looking changes nothing
        return {
            "samples": _sheet(samples),
            "again": _sheet(again),
            **{key: _short(costs[key]) for key in ("reconstruction", "kl")},
        }

    def originals(self) -> str:
        return _sheet(self.held[:HELD])

    def finite(self) -> bool:
        return all(bool(weights.isfinite().all()) for weights in self.model.state_dict().values())


def bet_half_(decoder: torch.nn.Module) -> None:
    """The last layer begins at 0, in place: every pixel is bet at 0.5, and the first loss is D ln 2 exactly."""
    torch.nn.init.zeros_(decoder.layers[-1].weight)
    torch.nn.init.zeros_(decoder.layers[-1].bias)


def _sheet(batch: Tensor, columns: int = 8) -> str:
    """Pictures (N, C, H, W) side by side as one small data URI."""
    batch = torch.nan_to_num(batch)
    rows = [torch.cat(list(row), dim=2) for row in batch.split(columns)]
    pixels = pictures.to_bytes(torch.cat(rows, dim=1))
    return pictures.data_uri(pictures.encode(pixels, SHEET), "webp")


def _short(value: float) -> float | None:
    """As JSON may carry it: five figures, nothing infinite."""
    return float(f"{value:.5g}") if math.isfinite(value) else None


class Run:
    """One training from its Start: what a visitor asks of it, and what there is to see of it."""

    def __init__(
        self,
        plan: Plan,
        own: np.ndarray | None = None,
        keep: Callable[[store.Own], None] | None = None,
        *,
        limit: float = SECONDS,
        most_steps: int = STEPS,
        growth: float = FRAME_GROWTH,
    ):
        self.id, self.plan, self.keep = secrets.token_hex(4), plan, keep
        self.limit, self.most_steps, self.growth = limit, most_steps, growth
        self.status = "waiting"  # preparing, running, keeping, paused, stopped, finished, diverged, failed
        self.asked = "run"  # step, pause, stop
        self.problem: Both | None = None
        self.steps, self.seconds = 0, 0.0
        self.lines: dict[str, float] = {}
        self.originals = ""
        self.points: list[tuple] = []  # steps done, and the next batch's reconstruction and kl
        self.frames: list[dict] = []  # steps done, and what `look` gave then
        self.kept = 0  # steps of the model that the other tabs have
        self.polled = time.monotonic()
        self._learner: Learner | None = None
        self._own = own
        self._next_point, self._next_frame, self._frame_at = 0.0, 0.0, 0.0

    @property
    def over(self) -> bool:
        return self.status in ("stopped", "finished", "diverged", "failed")

    @property
    def away(self) -> bool:
        return time.monotonic() - self.polled > AWAY

    @property
    def unchanged(self) -> bool:
        """Do the other tabs have the model as it is?"""
        return self.kept == self.steps

    def shown(self, points: int, frames: int) -> dict:
        """What there is to see, from those points and frames on."""
        return {
            "id": self.id,
            "from": [points, frames],
            "lines": self.lines,
            "originals": "" if frames else self.originals,
            "points": self.points[points:],
            "frames": self.frames[frames:],
        }

    def wants_on(self) -> bool:
        """After a turn: once more into the queue?"""
        return not self.over and self.asked != "pause"

    def tune(self, beta: float, rate: float) -> None:
        """Other beta and learning rate from the next step on."""
        self.plan = Plan(self.plan.data, self.plan.network, self.plan.latent, beta, rate, self.plan.batch)
        if self._learner is not None:
            self._learner.plan = self.plan

    def work(self, crowded: Callable[[], bool]) -> None:
        """A turn: trains until something ends it. crowded: do others wait?"""
        try:
            if self._learner is None:
                self.status = "preparing"
                self._prepare()
            self.status = "running"
            ended = self._train(crowded)
            if self.asked == "step":
                self.asked = "pause"
            else:
                self._hand_over()
            self.status = ended
        except NonFiniteLoss:
            self.status = self._ended("diverged")
        except Refused as refusal:
            self.problem, self.status = refusal.sentence, "failed"
        except Exception:
            log.exception("a training failed")
            self.problem, self.status = BROKE, "failed"
        if self.over:
            self.forget()

    def forget(self) -> None:
        """Gives up the weights and the pictures; what there was to see stays."""
        self._learner = self._own = None

    def end(self) -> None:
        """Nobody wants it any more: whatever is at work stops soon, and hands nothing over."""
        self.asked, self.keep = "stop", None
        if self.status in ("paused", "waiting"):
            self.status = "stopped"
            self.forget()

    def _prepare(self) -> None:
        self._learner = Learner(self.plan, self._own)
        self.originals, self.lines = self._learner.originals(), self._learner.lines()

    def _train(self, crowded: Callable[[], bool]) -> str:
        """Steps until one of the ends below; returns the status then. Raises NonFiniteLoss."""
        turn = time.monotonic()
        while True:
            if self.asked == "stop":
                return self._ended("stopped")
            if self.asked == "pause" or self.away:
                self.asked = "pause"
                return self._ended("paused")
            if self.steps >= self.most_steps or self.seconds >= self.limit:
                return self._ended("finished")
            if crowded() and time.monotonic() - turn > TURN:
                return "waiting"
            before = time.thread_time()
            self._step()
            self.seconds += time.thread_time() - before
            if self.asked == "step":
                return self._ended("paused")

    def _ended(self, status: str) -> str:
        if not self.frames or self.frames[-1]["step"] != self.steps:
            self._look()
        return status

    def _step(self) -> None:
        if self.steps >= self._next_frame or self.seconds - self._frame_at > FRAME_SECONDS * self.growth:
            self._look()
        values = self._learner.step()
        if self.steps >= self._next_point or self.asked == "step":
            self.points.append((self.steps, _short(values["reconstruction"]), _short(values["kl"])))
            self._next_point = max(self.steps + 1, self.steps * POINT_GROWTH)
        self.steps += 1
        if self.steps > GRACE and values["reconstruction"] > HOPELESS * self.lines["nothing"]:
            raise NonFiniteLoss("worse than knowing nothing")

    def _look(self) -> None:
        """A frame of the model as the next step finds it."""
        if len(self.frames) >= MOST_FRAMES:
            return
        self.frames.append({"step": self.steps, **self._learner.look()})
        self._frame_at = self.seconds
        self._next_frame = max(self.steps + 1, self.steps * self.growth)

    def _hand_over(self) -> None:
        """The model as it is now goes to the other tabs."""
        if self.keep is None or self.unchanged or not self._learner.finite():
            return
        self.status = "keeping"
        made = own_model(self._learner, self.steps, self.seconds)
        keep = self.keep
        if keep is not None:
            keep(made)
            self.kept = self.steps


def own_model(learner: Learner, steps: int, seconds: float) -> store.Own:
    """A copy of the trained model with all that a shipped one has."""
    preset, images = learner.plan.preset(), learner.images
    model: VAE = build(preset)
    model.load_state_dict(learner.model.state_dict())
    model.eval()
    tensors, about = ship.gallery_of(model, images, preset)
    found = {key.removeprefix("gallery."): value for key, value in tensors.items()}
    gallery = pretrained.Gallery(
        mu=found["mu"].float(),
        logvar=found["logvar"].float(),
        labels=found.get("labels"),
        classes=tuple(about["classes"]),
        indices=found["indices"],
        files=(),
        split=about["split"],
        maps={method: found[method].float() for method in ("pca", "tsne")},
    )
    codes = measure.encode_all(model, images.images[images.train])
    title = train_title(learner.plan.data, len(images.images))
    card = {
        "name": "own",
        "data": {"set": images.name, "title": title._asdict(), "licence": {"es": "", "en": ""}},
        "preset": preset.model_dump(mode="json"),
        "epochs": max(1, round(steps * learner.plan.batch / len(images.train))),
        "steps": steps,
        "seconds": round(seconds),
        "device": "CPU, 1 threads",
        "command": "",
        "parameters": sum(weights.numel() for weights in model.parameters()),
        "figures": measure.judge(model, images, preset, "validation"),
        "attributes": {},
        "gallery": about,
    }
    originals = to_unit_range(images.images[gallery.indices])
    return store.Own(model, preset, card, gallery, originals, fit_latent_gaussian(*codes))


def train_title(name: str, count: int) -> Both:
    words = {
        "drawn": Both(es="{n} rostros dibujados, 32 × 32", en="{n} drawn faces, 32 × 32"),
        "fashion": Both(es="Fashion-MNIST: {n} prendas, 28 × 28", en="Fashion-MNIST: {n} clothes, 28 × 28"),
        "own": Both(es="{n} imágenes propias, 32 × 32", en="{n} pictures of one's own, 32 × 32"),
    }
    return words[name].format(n=count)


class Queue:
    """At most so many at once; the others wait in their order."""

    def __init__(self, at_once: int = AT_ONCE):
        self.at_once = at_once
        self.waiting: list[Run] = []
        self.running: list[Run] = []
        self._kept: OrderedDict[str, Run] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, run: Run) -> None:
        """Starts it, or lets it wait; one that is at work already goes on by itself. Raises Refused."""
        with self._lock:
            if run in self.running or run in self.waiting:
                return
            if len(self.waiting) >= MOST_WAITING:
                raise Refused(FULL)
            run.status = "waiting"
            self.waiting.append(run)
            self._remember(run)
            self._fill()

    def leave(self, run: Run) -> None:
        """Out of the queue; one that is at work sees `asked` by itself."""
        with self._lock:
            if run in self.waiting:
                self.waiting.remove(run)
                run.status = "paused" if run.asked == "pause" and run.steps else "stopped"
                if run.over:
                    run.forget()

    def place(self, run: Run) -> tuple[int, int]:
        """(its place in the queue from 1, or 0; how many are at work)."""
        with self._lock:
            self._tidy()
            return (self.waiting.index(run) + 1 if run in self.waiting else 0), len(self.running)

    def _remember(self, run: Run) -> None:
        self._kept[run.id] = run
        self._kept.move_to_end(run.id)
        for key in list(self._kept)[: max(0, len(self._kept) - MOST_KEPT)]:
            if self._kept[key] not in self.running:
                self._kept.pop(key).end()

    def _tidy(self) -> None:
        for run in [run for run in self.waiting if run.away]:
            self.waiting.remove(run)
            run.asked, run.status = "pause", "paused"

    def _fill(self) -> None:
        self._tidy()
        while self.waiting and len(self.running) < self.at_once:
            run = self.waiting.pop(0)
            self.running.append(run)
            threading.Thread(target=self._work, args=(run,), daemon=True, name=f"training {run.id}").start()

    def _work(self, run: Run) -> None:
        _step_back()
        try:
            run.work(lambda: bool(self.waiting))
        finally:
            with self._lock:
                self.running.remove(run)
                if run.wants_on():
                    run.status = "waiting"
                    self.waiting.append(run)
                self._fill()


def _step_back() -> None:
    """This thread works when no visitor's event wants the processor."""
    torch.set_num_threads(1)
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


QUEUE = Queue()


@dataclass
class Bench:
    """A visitor's place in this tab: `store.Visitor.training`."""

    pictures: np.ndarray | None = None
    run: Run | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self, plan: Plan, keep: Callable[[store.Own], None], asked: str = "run") -> Run:
        """A new training in place of the one before. Raises Refused."""
        with self.lock:
            if plan.data == "own" and self.pictures is None:
                raise Refused(train_sets.NO_OWN)
            if plan.data == "fashion" and not train_sets.has_fashion():
                raise Refused(train_sets.NO_CLOTHES)
            self._end()
            self.run = Run(plan, self.pictures if plan.data == "own" else None, keep)
            self.run.asked = asked
            QUEUE.enter(self.run)
            return self.run

    def ask(self, what: str) -> None:
        """run, step, pause or stop of the present training; nothing where there is none or it is over."""
        with self.lock:
            run = self.run
            if run is None or run.over:
                return
            run.asked, run.polled = what, time.monotonic()
            if what in ("run", "step"):
                QUEUE.enter(run)
            elif what == "stop" and run.status == "paused":
                run.end() if run.unchanged else QUEUE.enter(run)
            else:
                QUEUE.leave(run)

    def stop(self) -> None:
        """The visitor is gone."""
        with self.lock:
            self._end()
            self.pictures = None

    def _end(self) -> None:
        if self.run is not None:
            self.run.end()
            QUEUE.leave(self.run)


def bench() -> Bench:
    """The current visitor's."""
    visitor = store.visitor()
    with visitor.lock:
        if not isinstance(visitor.training, Bench):
            visitor.training = Bench()
        return visitor.training
