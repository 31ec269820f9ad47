"""Mutation testing of the hidden checks: right answers are made wrong in one place each, and must lose marks.

`rules` and `statements` say how, `mutants` of what, `trial` asks the checks, `equivalents` knows which are right too.
"""

import multiprocessing
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .equivalents import table
from .mutants import Answer, Mutant, mutants, right_answers
from .report import Case, judged
from .trial import Program, Verdict, tried

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


def run(exercises: list[str], checks: Path, bank: Path, every: int = 1) -> tuple[list[Case], Times]:
    """The mutants of these exercises' right answers, tried and judged, two answers at a time.

    every: only the first of so many. Tells on stderr how far it is. Raises NotRight, NoChecks and RuntimeError.
    """
    started = time.monotonic()
    answers = [answer for exercise in exercises for answer in right_answers(exercise, bank)]
    tasks = [(answer, checks, every) for answer in sorted(answers, key=lambda one: -len(one.text))]  # the longest first
    found: dict[Answer, list[tuple[Mutant, Verdict]]] = {}
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for answer, pairs in pool.imap_unordered(of_answer, tasks):
            found[answer] = pairs
            print(f"{len(found)}/{len(tasks)} {answer.exercise} {answer.name}", file=sys.stderr, flush=True)
    ordered = [pair for answer in answers for pair in found[answer]]
    cpu = sum(verdict.seconds for _, verdict in ordered)
    return judged(ordered, table()), Times(time.monotonic() - started, cpu)


def of_answer(task: tuple[Answer, Path, int]) -> tuple[Answer, list[tuple[Mutant, Verdict]]]:
    """An answer's mutants and what the checks say of them.

    Of those that a row of the table excuses, only as many are tried as it takes to see that one is right.
    """
    answer, checks, every = task
    rows = table()
    made: list[Mutant] = []

    def program(mutant: Mutant) -> Program:
        return Program(mutant.text, next((k for k, row in enumerate(rows) if row.matches(mutant)), None))

    def others(right: Verdict) -> list[Program]:
        if right.full:
            made.extend(mutants(answer, reached=right.reached)[::every])
        return [program(mutant) for mutant in made]

    right, *verdicts = tried(answer.exercise, answer.text, others, checks)
    if not right.full:
        raise NotRight(f"{answer.exercise} {answer.name} loses marks as it is: {right.by}")
    return answer, list(zip(made, verdicts, strict=True))
