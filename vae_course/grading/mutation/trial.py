"""Mutants on trial: a pytest session collects an exercise's checks once, then forks itself for each program."""

import contextlib
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch

from ...exercises import EXERCISES
from ..plugin import Job, Plugin, hold
from ..score import loaded
from ..student import InProcess, Student

PATIENCE = 30  # wall seconds for a CPU second, before a process is taken to hang
SEED = 20_261  # one that no answer is likely to set: that it sets one must show
MEMORY = 3 * 2**30  # bytes of address space beyond those of the session


@dataclass(frozen=True)
class Verdict:
    """What the checks said of one program."""

    full: bool  # marks
    by: str = ""  # the first check that did not hold, or how the process ended
    seconds: float = 0.0  # of the CPU


class Forks(Plugin):
    """Tries programs one by one, each in a child that ends with the first check that does not hold.

    The first program has no limit of time but `patience` CPU seconds; the others may take a few times as long as it.
    """

    def __init__(self, exercise: str, programs: list[str], folder: Path, patience: int):
        super().__init__([Job(exercise, exercise, lambda: None)])
        self.programs, self.folder, self.limit = programs, folder, patience
        self.file = folder / "answer.py"
        self.verdicts: list[Verdict] = []
        self.caught: Counter[str] = Counter()

    def pytest_runtestloop(self, session) -> bool:
        items = [item for item in session.items if item.callspec.params["student"] == 0]
        gc.freeze()  # what is there already is no child's garbage
        for number, program in enumerate(self.programs):
            self.file = self.folder / f"answer_{number}.py"
            self.file.write_text(program, encoding="utf-8")
            self.verdicts.append(self.tried(items))
            self.caught[self.verdicts[-1].by] += 1
            if number == 0:
                self.limit = min(self.limit, 2 + round(5 * self.verdicts[0].seconds))
        return True

    def tried(self, items: list) -> Verdict:
        """One child and what became of it."""
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            self.live(items, writing)
        os.close(writing)
        said = heard(reading, time.monotonic() + self.limit * PATIENCE)
        os.close(reading)
        if said is None:
            os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        seconds = used.ru_utime + used.ru_stime
        if said:
            lost = json.loads(said)
            return Verdict(not lost, lost, seconds)
        return Verdict(False, ended(status), seconds)

    def live(self, items: list, writing: int) -> None:
        """The child: all checks until one does not hold. Never returns."""
        try:
            faulthandler.disable()  # a crash is an outcome like others
            confine(self.limit)
            tempfile.tempdir = str(self.folder)
            torch.manual_seed(SEED)
            try:
                lost = self.first_lost(items)
            except (Exception, SystemExit) as error:
                lost = f"not loaded: {type(error).__name__}"
            os.write(writing, json.dumps(lost).encode())
        finally:
            os._exit(0)

    def first_lost(self, items: list) -> str:
        """The name of the first check that does not hold, or "". What caught most mutants so far is asked first."""
        with contextlib.closing(InProcess(loaded(self.file))) as backend:
            for item in sorted(items, key=lambda item: -self.caught[item.originalname]):
                try:
                    item.function(**item.callspec.params | {"student": Student(backend)})
                except Exception:  # a check that fails, for whatever reason, takes marks
                    return item.originalname
        return ""


def confine(seconds: int) -> None:
    """Limits on CPU, memory, files and core dumps, and no terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**28,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def heard(reading: int, until: float) -> str | None:
    """All that a child wrote before it ended; None when it did not end in time."""
    said = b""
    while True:
        ready, *_ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return None
        if not (part := os.read(reading, 2**16)):
            return said.decode()
        said += part


def ended(status: int) -> str:
    """How a child ended that told nothing."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return "a loop that never ends" if number == signal.SIGXCPU else f"ended by {signal.Signals(number).name}"
    return "ended abruptly"


def warm_up() -> None:
    """Imports what torch puts off until an optimizer is made: two CPU seconds that each child would spend."""
    torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)


def tried(exercise: str, programs: list[str], checks: Path, patience: int = 60) -> list[Verdict]:
    """What the checks in a folder say of each program, of which the first is the right one.

    Raises NoChecks, and RuntimeError when the checks can't be collected.
    """
    torch.set_num_threads(1)
    if EXERCISES[exercise].lesson == "05-training":
        warm_up()
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        forks = Forks(exercise, programs, Path(folder), patience)
        said = hold(forks, checks)
    if forks.errors or len(forks.verdicts) < len(programs):
        raise RuntimeError("the checks could not be run: " + ("; ".join(forks.errors) or said[-2000:]))
    return forks.verdicts
