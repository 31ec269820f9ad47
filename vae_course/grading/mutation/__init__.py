"""Mutation testing of the hidden checks: right answers are made wrong in one place each, and must lose marks.

`rules` and `statements` say how, `mutants` of what, `trial` asks the checks, `equivalents` knows which are right too.
"""

import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path

from .equivalents import table
from .mutants import Answer, Mutant, mutants, right_answers
from .report import Case, judged
from .trial import Verdict, tried

PROCESSES = 2


class NotRight(Exception):
    """An answer of the bank, or the course's own, that loses marks before anything was changed."""


@dataclass(frozen=True)
class Times:
    """Seconds of a whole run."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.0f} s, {self.cpu:.0f} s of the CPU"


def run(exercises: list[str], checks: Path, bank: Path, processes: int = PROCESSES) -> tuple[list[Case], Times]:
    """All mutants of these exercises' right answers, tried and judged. Raises NotRight, NoChecks and RuntimeError."""
    started = time.monotonic()
    answers = [answer for exercise in exercises for answer in right_answers(exercise, bank)]
    tasks = [(answer, checks) for answer in sorted(answers, key=lambda one: -len(one.text))]  # the longest first
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = dict(pool.imap_unordered(of_answer, tasks))
    ordered = [pair for answer in answers for pair in found[answer]]
    cpu = sum(verdict.seconds for _, verdict in ordered)
    return judged(ordered, table()), Times(time.monotonic() - started, cpu)


def of_answer(task: tuple[Answer, Path]) -> tuple[Answer, list[tuple[Mutant, Verdict]]]:
    """An answer's mutants and what the checks say of them."""
    answer, checks = task
    made = mutants(answer)
    right, *verdicts = tried(answer.exercise, [answer.text, *(mutant.text for mutant in made)], checks)
    if not right.full:
        raise NotRight(f"{answer.exercise} {answer.name} loses marks as it is: {right.by}")
    return answer, list(zip(made, verdicts, strict=True))
