"""The reader's part of a lesson's notebook: answer cells, and the others' code. Nothing is executed here."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ...exercises import EXERCISES, LESSONS, names
from ...text import Both
from .. import along

NO_NOTEBOOK = Both(es="no se encontró {path}", en="{path} was not found")
NO_CELL = Both(es="su celda no está en {path}", en="its cell is not in {path}")
BROKEN = Both(es="su celda se detuvo con {error}", en="its cell stopped with {error}")
LEFT_OUT = re.compile(  # nbgrader's marks, and what the whole program begins with
    r"^(?:[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*|from __future__ import .*)\n?", re.MULTILINE
)


@dataclass(frozen=True)
class Cell:
    """A code cell, whole; that of an answer names its exercises."""

    exercises: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Notebook:
    """The code of a lesson's notebook, in its order, and why exercises are missing."""

    lesson: str
    cells: tuple[Cell, ...] = ()
    missing: dict[str, Both] = field(default_factory=dict)  # exercise -> reason


def beside() -> Path:
    """The folder of the lessons: above the working folder, or that itself where lessons lie in it."""
    here = Path.cwd()
    for folder in (here.parent, here):
        if any((folder / lesson).is_dir() for lesson in LESSONS):
            return folder
    return here.parent


def notebook(lesson: str, folder: Path) -> Notebook:
    """A lesson's notebook `NN-name/NN-name.ipynb` in that folder; one that can't be read misses everything."""
    file = Path(lesson, f"{lesson}.ipynb")
    try:
        cells = json.loads((folder / file).read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return Notebook(lesson, missing=dict.fromkeys(names(lesson), NO_NOTEBOOK.format(path=file.as_posix())))
    missing = dict.fromkeys(names(lesson), NO_CELL.format(path=file.name))
    code = []
    for exercises, source in _last(_code(cell) for cell in cells if cell.get("cell_type") == "code"):
        try:
            code.append(Cell(exercises, along.python(source)))
        except SyntaxError as error:
            missing |= dict.fromkeys(exercises, BROKEN.format(error=f"SyntaxError: {error.msg}"))
        else:
            missing = {name: reason for name, reason in missing.items() if name not in exercises}
    return Notebook(lesson, tuple(code), missing)


def _code(cell: dict) -> tuple[tuple[str, ...], str]:
    """(exercises, source) of a code cell; an answer's is known by its nbgrader mark, as "lerp-slerp"."""
    mark, source = cell.get("metadata", {}).get("nbgrader", {}), LEFT_OUT.sub("", _source(cell)).strip("\n")
    exercises = tuple(str(mark.get("grade_id", "")).split("-"))
    if not mark.get("solution") or not all(name in EXERCISES for name in exercises):
        return (), source
    return exercises, source


def _last(cells: Iterable[tuple[tuple[str, ...], str]]) -> list[tuple[tuple[str, ...], str]]:
    """Of an answer's cells that were copied the last alone counts, as it is the one that ran last."""
    kept = list(cells)
    where = {exercises: position for position, (exercises, _) in enumerate(kept)}
    return [cell for position, cell in enumerate(kept) if not cell[0] or where[cell[0]] == position]


def _source(cell: dict) -> str:
    return "".join(cell.get("source", ""))  # a string, or a list of lines
