"""Mutants on trial: a pytest session collects an exercise's checks once, and a fork of it asks them of each program."""

import contextlib
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ...confined.student import InProcess, Student
from ...confined.worker import load_lazy_parts
from ..plugin import Job, Plugin, hold
from ..score import loaded

PATIENCE = 5  # wall seconds for a CPU second, before a process is taken to hang
SEED = 20_261  # one that no answer is likely to set: that it sets one must show
MEMORY = 3 * 2**30  # bytes of address space beyond those of the session
ALIKE = "one like it is full"


@dataclass(frozen=True)
class Program:
    """A program to be tried. Where one of a kind is full, the others of that kind are taken to be."""

    text: str
    kind: int | None = None  # None: like no other


@dataclass(frozen=True)
class Verdict:
    """What the checks said of one program."""

    full: bool  # marks
    by: str = ""  # the first check that did not hold, or how the process ended, or ALIKE
    seconds: float = 0.0  # of the CPU
    reached: tuple[int, ...] = ()  # the lines that the checks ran, of the first program only


Others = Callable[[Verdict], list[Program]]


class Trial(Plugin):
    """Tries programs one after the other in a child, and where one ends the child goes on with the next in another.

    The first is the right one: it has `patience` CPU seconds. Its verdict decides what the others are, and each of them
    may take a few times as long as it.
    """

    def __init__(self, exercise: str, right: str, others: Others, folder: Path, patience: int):
        super().__init__([Job(exercise, exercise, lambda: None)])
        self.programs, self.others, self.folder, self.patience = [Program(right)], others, folder, patience
        self.verdicts: list[Verdict] = []

    def pytest_runtestloop(self, session) -> bool:
        items = [item for item in session.items if item.callspec.params["student"] == 0]
        self.judge(items)
        self.programs += self.others(self.verdicts[0])
        self.judge(items)
        return True

    def judge(self, items: list) -> None:
        """Verdicts of all programs that have none yet."""
        gc.freeze()  # what is there already is no child's garbage
        while len(self.verdicts) < len(self.programs):
            self.child(items)
        gc.unfreeze()

    def child(self, items: list) -> None:
        """Verdicts of one child: of all programs that are left, or up to the one that ends it."""
        reading, writing = os.pipe()
        if (pid := os.fork()) == 0:
            self.live(items, writing)
        os.close(writing)
        for line in lines(reading, self.patience * PATIENCE):
            self.verdicts.append(Verdict(**json.loads(line)))
        os.close(reading)
        os.kill(pid, signal.SIGKILL)  # it is no more, unless it hangs
        _, status = os.waitpid(pid, 0)
        if len(self.verdicts) < len(self.programs):
            self.verdicts.append(Verdict(False, ended(status)))

    def live(self, items: list, writing: int) -> None:
        """The child. Never returns."""
        try:
            faulthandler.disable()  # a crash is an outcome like others
            confine()
            os.chdir(self.folder)  # some answers write where they are
            tempfile.tempdir = str(self.folder)
            for number in range(len(self.verdicts), len(self.programs)):
                limit = 2 + 5 * self.verdicts[0].seconds if self.verdicts else self.patience
                alike = self.programs[number].kind in self.full_kinds()
                self.verdicts.append(Verdict(True, ALIKE) if alike else self.verdict(number, limit, items))
                os.write(writing, json.dumps(asdict(self.verdicts[-1])).encode() + b"\n")
        finally:
            os._exit(0)

    def full_kinds(self) -> set[int]:
        """The kinds of which a program has full marks."""
        judged = zip(self.programs, self.verdicts, strict=False)
        return {program.kind for program, verdict in judged if verdict.full and program.kind is not None}

    def verdict(self, number: int, limit: float, items: list) -> Verdict:
        """What the checks say of a program; a program that takes longer than its limit ends the process."""
        file = self.folder / f"answer_{number}.py"
        file.write_text(self.programs[number].text, encoding="utf-8")
        torch.default_generator.manual_seed(SEED)
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, limit)
        try:
            with contextlib.ExitStack() as stack:
                reached: set[int] = stack.enter_context(traced(file)) if number == 0 else set()
                lost = self.first_lost(items, file)
        except (Exception, SystemExit) as error:
            lost, reached = f"not loaded: {type(error).__name__}", set()
        return Verdict(not lost, lost, time.process_time() - started, tuple(sorted(reached)))

    def first_lost(self, items: list, file: Path) -> str:
        """The name of the first check that does not hold, or "". What caught most so far is asked first."""
        caught = Counter(verdict.by for verdict in self.verdicts)
        with contextlib.closing(InProcess(loaded(file))) as backend:
            for item in sorted(items, key=lambda item: -caught[item.originalname]):
                try:
                    item.function(**item.callspec.params | {"student": Student(backend)})
                except Exception:  # a check that fails, for whatever reason, takes marks
                    return item.originalname
        return ""


@contextlib.contextmanager
def traced(file: Path) -> Iterator[set[int]]:
    """The lines of a file that are run meanwhile."""
    reached: set[int] = set()

    def inside(frame, event, _):
        if event == "line":
            reached.add(frame.f_lineno)
        return inside

    sys.settrace(lambda frame, *_: inside if frame.f_code.co_filename == str(file) else None)
    try:
        yield reached
    finally:
        sys.settrace(None)


def confine() -> None:
    """Limits on memory, files and core dumps, and no terminal."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**28,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lines(reading: int, patience: float) -> Iterator[bytes]:
    """What a child writes, line by line, until it ends or writes nothing for so many seconds."""
    said = b""
    while select.select([reading], [], [], patience)[0] and (part := os.read(reading, 2**16)):
        *whole, said = (said + part).split(b"\n")
        yield from whole


def ended(status: int) -> str:
    """How a child ended before its last program."""
    if not os.WIFSIGNALED(status):
        return "ended abruptly"
    number = os.WTERMSIG(status)
    return "a loop that never ends" if number == signal.SIGPROF else f"ended by {signal.Signals(number).name}"


def tried(exercise: str, right: str, others: Others, checks: Path, patience: int = 60) -> list[Verdict]:
    """What the checks in a folder say of a right program and of others, which the verdict of that one decides.

    Raises NoChecks, and RuntimeError when the checks can't be collected.
    """
    torch.set_num_threads(1)
    load_lazy_parts()
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        trial = Trial(exercise, right, others, Path(folder), patience)
        said = hold(trial, checks)
    if trial.errors or not trial.verdicts or len(trial.verdicts) < len(trial.programs):
        raise RuntimeError("the checks could not be run: " + ("; ".join(trial.errors) or said[-2000:]))
    return trial.verdicts
