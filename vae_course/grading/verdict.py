"""What was found of one submission, as it is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution

from ..confined.sandbox import Layers
from ..confined.watch import Limits
from ..text import Both, pick
from .normalize import HEAD
from .released import released
from .repairs import as_words
from .results import Score

ABOUT = Both(es="**Sobre este cuaderno**\n", en="**About this notebook**\n")


@dataclass(frozen=True)
class Course:
    """What a submission is judged by."""

    root: Path  # of the course: where lessons/ lies
    checks: Path  # the hidden checks' folder
    language: str  # of submissions that show none
    trust: bool = False  # whether to execute submissions where this system can confine them in no way
    salt: str | None = None  # of what the checks draw (checks.salt); None: as in the repository
    limits: Limits = field(default_factory=Limits)  # of each process that runs a submission


@dataclass(frozen=True)
class Mark:
    """What the gradebook is told of one of nbgrader's cells."""

    points: float | None  # None where a teacher gives them, or where there are none
    most: float
    blank: bool  # left as it was released
    source: str


@dataclass(frozen=True)
class Verdict:
    """What was found of a submission to a lesson."""

    lesson: str
    lang: str
    notebook: str  # rebuilt, with its outputs, as the file that nbgrader keeps
    marks: Mapping[str, Mark]  # by grade id
    scores: tuple[Score, ...] = ()
    repairs: tuple[Both, ...] = ()
    remarks: tuple[Both, ...] = ()  # for whoever grades alone
    unread: bool = False  # there was nothing that could be graded
    layers: Layers | None = None  # what confined its processes

    @property
    def points(self) -> float:
        """Given so far."""
        return sum(mark.points or 0.0 for mark in self.marks.values())

    @property
    def waiting(self) -> float:
        """Points that a teacher has yet to give."""
        return sum(mark.most for mark in self.marks.values() if mark.points is None)

    @property
    def most(self) -> float:
        return sum(mark.most for mark in self.marks.values())


def refused(reason: Both, lesson: str, course: Course) -> Verdict:
    """Of what could not be graded: the blank notebook, and why."""
    blank = nbformat.from_dict(released(course.root, lesson, course.language))
    for cell in blank.cells:
        if cell.cell_type == "code":
            cell.outputs = [as_points(0.0)] if is_grade(cell) else []
    return summed_up(blank, [reason], lesson, unread=True)


def as_points(points: float) -> NotebookNode:
    """A check's output as nbgrader reads it."""
    return new_output("execute_result", data={"text/plain": str(float(points))})


def summed_up(notebook: NotebookNode, repairs: list[Both], lesson: str, **more) -> Verdict:
    """The verdict on a rebuilt notebook that has its outputs."""
    lang = notebook.metadata.vae_course.lang
    marks = {cell.metadata.nbgrader.grade_id: _mark(cell) for cell in notebook.cells if "nbgrader" in cell.metadata}
    if repairs:
        notebook.cells.insert(0, told(repairs, lang))
    return Verdict(lesson, lang, nbformat.writes(notebook), marks, repairs=tuple(repairs), **more)


def _mark(cell: NotebookNode) -> Mark:
    points, most = determine_grade(cell) if is_grade(cell) else (None, 0.0)
    blank = is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    return Mark(points, most, blank, cell.source)


def told(repairs: list[Both], lang: str) -> NotebookNode:
    """The cell at the head of feedback that says what was repaired; of what a student named nothing is markup."""
    lines = [pick(ABOUT, lang), *(f"- {as_words(pick(repair, lang))}" for repair in repairs)]
    return new_markdown_cell("\n".join(lines), id=HEAD)
