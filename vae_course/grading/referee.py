"""A submission judged: its cells run in processes of their own (process.py), the hidden checks in this one.

What runs are the lesson's imports (`setup`), answers and the student's own cells, in the notebook's order, each
statement failing alone; for each exercise those above its check, in a new process. Nothing of a submission is executed
here, and what its processes say is a stranger's data. Points exist in this process only.
"""

import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from ..cells import python
from ..confined.contents import RUN, answered, lasting, mentioned
from ..confined.process import Child, Zygote
from ..confined.student import Gone
from ..confined.watch import Limits
from ..exercises import EXERCISES
from ..faults import Fault
from ..text import Both, pick
from .plugin import Job, run
from .results import Score
from .score import report
from .verdict import as_points

CALL = re.compile(r'^check\("([\w ]+)"\)$', re.MULTILINE)
MOST_GIVEN_UP = 3  # cells that did not end; after them a student's own cells are not tried
UNCONFINED = (
    "nothing on this system keeps a submission from reading and changing what you can: neither landlock nor seccomp "
    "(docs/security.md). Grade elsewhere, or with `python -m vae_course grade --trust-submissions`"
)
STOPPED = Both(es="Esta celda se detuvo: {why}", en="This cell was stopped: {why}")
NOT_TRIED = Both(
    es="Esta celda no se ejecutó: {most} celdas de la entrega ya habían tardado demasiado.",
    en="This cell was not executed: {most} cells of this submission had taken too long already.",
)


@dataclass(frozen=True)
class Cell:
    """What is executed of a notebook's cell."""

    id: str
    source: str
    own: bool  # added by the student

    @property
    def name(self) -> str:
        """As tracebacks call it."""
        return f"cell:{self.id}"


@dataclass
class Program:
    """The cells of a rebuilt notebook that are executed, and what became of them."""

    trust: bool  # whether its cells are executed where nothing confines them
    cells: list[Cell]
    checks: dict[str, int]  # exercise -> how many of the cells stand above its check
    given_up: dict[str, Both] = field(default_factory=dict)  # a cell's id -> why its process ended
    left_out: set[str] = field(default_factory=set)  # ids of those of which not even what it defines is executed
    faults: dict[str, Fault] = field(default_factory=dict)  # a cell's id -> what it raised

    @classmethod
    def of(cls, notebook: NotebookNode, trust: bool) -> "Program":
        program = cls(trust, [], {})
        for cell in notebook.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                program.checks |= dict.fromkeys(exercises(cell), len(program.cells))
            elif cell.cell_type == "code" and (RUN & set(tags := cell.metadata.get("tags", ())) or not tags):
                program.cells.append(Cell(cell.id, python(cell.source), own=not tags))
        return program

    def started(self, exercise: str, zygote: Zygote, limits: Limits, lent: tuple[str, ...] = ()) -> "Answers":
        """A process in which the cells above an exercise's check were executed; without those that do not end.

        lent: exercises above, the course's own answers to which stand below the student's.
        """
        while True:
            child = Child(zygote, None, limits, (exercise,))
            try:
                if not (self.trust or child.layers.landlock or child.layers.seccomp):
                    raise RuntimeError(UNCONFINED)
                for cell in self.above(exercise, lent):
                    self.execute(cell, child)
                return Answers(child, self.absent())
            except Gone:  # the cell is given up; what stands above it is executed again
                child.close()
            except RuntimeError:
                child.close()
                raise

    def above(self, exercise: str, lent: tuple[str, ...]) -> Iterator[Cell]:
        """The cells above its check; of a student's own that did not end, what they define."""
        for number, cell in enumerate(self.cells[: self.checks[exercise]], 1):
            if cell.own and cell.id not in self.given_up and len(self.given_up) >= MOST_GIVEN_UP:
                self.given_up[cell.id] = NOT_TRIED.format(most=MOST_GIVEN_UP)
                self.left_out.add(cell.id)
            if cell.id not in self.given_up:
                yield cell
            elif cell.own and cell.id not in self.left_out:
                yield replace(cell, source=lasting(cell.source))
            for name in lent:
                if self.checks[name] == number and (ours := reference(name)).id not in self.given_up:
                    yield ours

    def execute(self, cell: Cell, child: Child) -> None:
        """Raises Gone where the cell is the end of its process."""
        try:
            fault = child.run(cell.name, cell.source)
        except Gone as error:
            if cell.id in self.given_up:
                self.left_out.add(cell.id)
            self.given_up.setdefault(cell.id, error.text)
            raise
        if fault:
            self.faults.setdefault(cell.id, fault)

    def worth_lending(self, exercise: str, scores: Mapping[str, Score]) -> tuple[str, ...]:
        """The exercises above whose mistakes may be why this one lost points: it uses them, and they lost some."""
        score = scores[exercise]
        if score.points >= score.most or all(one.unanswered for one in score.results):
            return ()
        used = set[str]().union(*(mentioned(cell.source) for cell in self.cells[: self.checks[exercise]]))
        earlier = itertools.takewhile(lambda name: name != exercise, self.checks)
        lost = [name for name in earlier if scores[name].points < scores[name].most]
        lost = [name for name in lost if used.intersection(EXERCISES[name].functions)]
        own_end = score.gone and not any(scores[name].gone for name in lost)
        return () if own_end else tuple(lost)

    def absent(self) -> dict[str, Both]:
        """Function -> why the cell that defines it was given up."""
        gone = [cell for cell in self.cells if cell.id in self.given_up]
        return {name: self.given_up[cell.id] for cell in gone for name in answered(cell.source)}


@dataclass
class Answers:
    """A process with a notebook's functions, as the checks speak to it."""

    child: Child
    absent: dict[str, Both]

    def request(self, message: dict) -> dict:
        """Raises Gone, too, for a function that is not there because its cell never ended."""
        reply = self.child.request(message)
        fault = reply.get("fault")
        if fault and (why := self.absent.get(fault["absent"])):
            raise Gone(*STOPPED.format(why=why))
        return reply

    def close(self) -> None:
        self.child.close()


def reference(exercise: str) -> Cell:
    """A cell that has the course's own answer."""
    asked = EXERCISES[exercise]
    source = f"from vae_course.{asked.module} import {', '.join(asked.functions)}"
    return Cell(f"reference-{exercise}", source, own=False)


def exercises(check: NotebookNode) -> list[str]:
    """The exercises that a check's cell names."""
    call = CALL.search(check.source)
    return call[1].split() if call else []


def judge(
    notebook: NotebookNode, zygote: Zygote, checks: Path, limits: Limits | None = None,
    trust: bool = False, salt: str | None = None,
) -> list[Score]:  # fmt: skip
    """Grades a rebuilt notebook, and writes into it for outputs what a student is to read; one score an exercise.

    An exercise that lost points is judged again with the course's answers to earlier ones that lost some: a mistake is
    paid for once.

    trust: whether its cells are executed where nothing confines them. salt: what the checks draw their inputs from.
    Raises NoChecks, RuntimeError where the checks or the processes fail, which is no student's fault.
    """
    program, lang = Program.of(notebook, trust), notebook.metadata.vae_course.lang

    def scored(*exercises: str, lent: tuple[str, ...] = ()) -> list[Score]:
        begin = functools.partial(program.started, zygote=zygote, limits=limits or Limits(), lent=lent)
        jobs = [Job(name, name, functools.partial(begin, name)) for name in exercises]
        functions = tuple(function for name in lent for function in EXERCISES[name].functions)
        found = run(jobs, checks, salt)
        return [Score(job.name, job.exercise, of_it, functions) for job, of_it in zip(jobs, found, strict=True)]

    scores = {score.exercise: score for score in scored(*program.checks)}
    for name in scores:
        if lent := program.worth_lending(name, scores):
            (again,) = scored(name, lent=lent)
            scores[name] = max(scores[name], again, key=lambda score: score.points)  # of equal ones the first
    write(notebook, [*scores.values()], program, lang)
    return [*scores.values()]


def write(notebook: NotebookNode, scores: list[Score], program: Program, lang: str) -> None:
    """A check's output is its report and its points, as nbgrader reads them; a cell's that failed, why."""
    found = {score.exercise: score for score in scores}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        if is_grade(cell) and not is_solution(cell):
            here = [found[name] for name in exercises(cell)]
            text = "\n".join(report(score, lang) for score in here)
            points = sum(score.points for score in here)
            cell.outputs = [new_output("stream", name="stdout", text=f"{text}\n"), as_points(points)]
        elif why := program.given_up.get(cell.id):
            cell.outputs = [as_error("TimeoutError", pick(STOPPED.format(why=why), lang))]
        elif fault := program.faults.get(cell.id):
            cell.outputs = [as_error(fault.kind, pick(fault.words(), lang))]


def as_error(kind: str, text: str) -> NotebookNode:
    return new_output("error", ename=kind, evalue=text, traceback=[text])
