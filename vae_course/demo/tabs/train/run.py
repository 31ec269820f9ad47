"""One training from its Start: bounded in every way, looked at by polling, ended by what its visitor asks."""

import logging
import secrets
import threading
import time
from collections.abc import Callable

import numpy as np

from ....text import Both
from ....training import NonFiniteLoss
from ...core.limits import Refused
from ...core.model import Own
from . import texts
from .learner import Learner, own_model, short
from .plans import Plan

log = logging.getLogger(__name__)
STEPS = 6000
SECONDS = 120.0  # of computing, for one training
TURN = 30.0  # seconds after which one that others wait for goes to the end of the queue
AWAY = 60.0  # seconds without a poll after which nobody seems to look any more
MOST_FRAMES = 300
FRAME_GROWTH, FRAME_SECONDS = 1.2, 4.0  # the next sheet: so many times the steps later, or so many seconds
POINT_GROWTH = 1.03
HOPELESS = 1.5  # times the price of knowing nothing: from there on it has diverged
GRACE = 25  # steps before that is judged


class Run:
    """One training from its Start: what a visitor asks of it, and what there is to see of it."""

    def __init__(
        self,
        plan: Plan,
        own: np.ndarray | None = None,
        keep: Callable[[Own], None] | None = None,
        *,
        limit: float = SECONDS,
        most_steps: int = STEPS,
        growth: float = FRAME_GROWTH,
    ):
        self.id, self.plan, self.keep = secrets.token_hex(4), plan, keep
        self.limit, self.most_steps, self.growth = limit, most_steps, growth
        self.status = "waiting"  # preparing, running, keeping, paused, stopped, finished, diverged, failed
        self.asked, self.due = "run", 0  # or step, pause, stop; steps that are still to be made one by one
        self.problem: Both | None = None
        self.steps, self.seconds = 0, 0.0
        self.lines: dict[str, float] = {}
        self.originals = ""
        self.points: list[tuple] = []  # steps done, and the next batch's reconstruction and kl
        self.frames: list[dict] = []  # steps done, and what `look` gave then
        self.kept = 0  # steps of the model that the other tabs have
        self.polled = time.monotonic()
        self._learner: Learner | None = None
        self._own, self._asking = own, threading.Lock()
        self._next_point, self._next_frame, self._frame_at = 0.0, 0.0, 0.0

    @property
    def learner(self) -> Learner:
        """Of a training that was prepared and not given up."""
        assert self._learner is not None
        return self._learner

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

    def news(self, points: int, frames: int) -> dict:
        """What there is to see, from those points and frames on."""
        return {
            "id": self.id, "from": [points, frames], "lines": self.lines,
            "originals": "" if frames else self.originals,
            "points": self.points[points:], "frames": self.frames[frames:],
        }  # fmt: skip

    def ask(self, what: str) -> None:
        """run, step (one more, each time), pause or stop."""
        with self._asking:
            self.asked, self.due, self.polled = what, self.due + 1 if what == "step" else 0, time.monotonic()

    def _stepped(self) -> bool:
        """One of the steps that were asked for is made; was it the last?"""
        with self._asking:
            self.due = max(0, self.due - 1)
            last = self.asked == "step" and not self.due
            self.asked = "pause" if last else self.asked
            return last

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
                self._learner = Learner(self.plan, self._own)
                self.originals, self.lines = self.learner.originals(), self.learner.lines()
            self.status = "running"
            ended = self._train(crowded)
            if ended != "stepped":
                self._hand_over()
            self.status = "paused" if ended == "stepped" else ended
        except NonFiniteLoss:
            self.status = self._ended("diverged")
        except Refused as refusal:
            self.problem, self.status = refusal.sentence, "failed"
        except Exception:
            log.exception("a training failed")
            self.problem, self.status = texts.BROKE, "failed"
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

    def _train(self, crowded: Callable[[], bool]) -> str:
        """Steps until one of the ends below; returns the status then, or "stepped". Raises NonFiniteLoss."""
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
                self._ended("stepped")  # each is seen
                if self._stepped():
                    return "stepped"

    def _ended(self, status: str) -> str:
        if not self.frames or self.frames[-1]["step"] != self.steps:
            self._look()
        return status

    def _step(self) -> None:
        if self.steps >= self._next_frame or self.seconds - self._frame_at > FRAME_SECONDS * self.growth:
            self._look()
        try:
            values = self.learner.step()
        except NonFiniteLoss:
            self.points.append((self.steps, None, None))
            raise
        lost = self.steps >= GRACE and values["reconstruction"] > HOPELESS * self.lines["nothing"]
        if lost or self.steps >= self._next_point or self.asked == "step":
            self.points.append((self.steps, short(values["reconstruction"]), short(values["kl"])))
            self._next_point = max(self.steps + 1, self.steps * POINT_GROWTH)
        self.steps += 1
        if lost:
            raise NonFiniteLoss("worse than knowing nothing")

    def _look(self) -> None:
        """A frame of the model as the next step finds it."""
        if len(self.frames) >= MOST_FRAMES:
            return
        self.frames.append({"step": self.steps, **self.learner.look()})
        self._frame_at = self.seconds
        self._next_frame = max(self.steps + 1, self.steps * self.growth)

    def _hand_over(self) -> None:
        """The model as it is now goes to the other tabs."""
        if self.keep is None or self.unchanged or not self.learner.finite():
            return
        self.status = "keeping"
        made = own_model(self.learner, self.steps, self.seconds)
        keep = self.keep
        if keep is not None:
            keep(made)
            self.kept = self.steps
