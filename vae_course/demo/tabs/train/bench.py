"""Who trains when: two at once, the others in a queue; and each visitor's own place in it."""

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch

from ...core import store
from ...core.limits import Refused
from ...core.model import Own
from . import sets, texts
from .plans import Plan
from .run import Run

AT_ONCE = 2
MOST_WAITING = 100
MOST_KEPT = 60  # trainings whose weights stay in memory; the oldest that are paused are given up


class Queue:
    """At most so many at once; the others wait in their order."""

    def __init__(self, at_once: int = AT_ONCE):
        self.at_once = at_once
        self.waiting: list[Run] = []
        self.running: list[Run] = []
        self._kept: list[Run] = []
        self._lock = threading.Lock()

    def enter(self, run: Run, instead: Run | None = None) -> None:
        """Starts it, or lets it wait; one that is at work already goes on by itself. Raises Refused.

        instead: one that leaves for it, whose place does not count.
        """
        with self._lock:
            if run in self.running or run in self.waiting:
                return
            if len(self.waiting) - (instead in self.waiting) >= MOST_WAITING:
                raise Refused(texts.FULL)
            run.status = "waiting"
            self.waiting.append(run)
            self._remember(run, instead)
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

    def _remember(self, run: Run, instead: Run | None) -> None:
        self._kept = [*(one for one in self._kept if one not in (run, instead) and not one.over), run]
        paused = [one for one in self._kept if one not in self.waiting and one not in self.running]
        for one in paused[: max(0, len(self._kept) - MOST_KEPT)]:
            one.end()

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
    """A visitor's place in this tab: what `store.Visitor.work` has under "train"."""

    pictures: np.ndarray | None = None
    run: Run | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self, plan: Plan, keep: Callable[[Own], None], asked: str = "run") -> Run:
        """A new training in place of the one before, which stays as it is where this is refused. Raises Refused."""
        with self.lock:
            sets.require(plan.data, self.pictures)
            run = Run(plan, self.pictures if plan.data == "own" else None, keep)
            run.ask(asked)
            QUEUE.enter(run, instead=self.run)
            self._end()
            self.run = run
            return run

    def ask(self, what: str) -> None:
        """run, step, pause or stop of the present training; nothing where there is none or it is over."""
        with self.lock:
            run = self.run
            if run is None or run.over:
                return
            run.ask(what)
            if what in ("run", "step"):
                QUEUE.enter(run)
            elif what == "stop" and run.status == "paused":
                run.end() if run.unchanged else QUEUE.enter(run)
            else:
                QUEUE.leave(run)

    def place(self) -> tuple[int, int]:
        """(place in the queue from 1, or 0; how many are at work)."""
        return (0, 0) if self.run is None else QUEUE.place(self.run)

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
        return cast(Bench, visitor.work.setdefault("train", Bench()))
