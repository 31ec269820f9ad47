"""The reader's part of a lesson's notebook: answer cells, and what setup cells import. Nothing is executed here."""

import ast
import contextlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from ...exercises import EXERCISES, LESSONS, names
from ...text import Both

NO_NOTEBOOK = Both(es="no se encontró {path}", en="{path} was not found")
NO_CELL = Both(es="su celda no está en {path}", en="its cell is not in {path}")
BROKEN = Both(es="su celda se detuvo con {error}", en="its cell stopped with {error}")
LEFT_OUT = re.compile(  # nbgrader's marks, and what the whole program begins with
    r"^(?:[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*|from __future__ import .*)\n?", re.MULTILINE
)


@dataclass(frozen=True)
class Cell:
    """An answer cell, whole."""

    exercises: tuple[str, ...]
    source: str
    used: frozenset[str]  # every name in it


@dataclass(frozen=True)
class Notebook:
    """What a lesson's notebook holds of its reader's, in its order, and why exercises are missing."""

    lesson: str
    imports: tuple[ast.Import | ast.ImportFrom, ...] = ()  # of setup cells
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
    imports = tuple(statement for cell in cells for statement in _setup_imports(cell))
    missing = dict.fromkeys(names(lesson), NO_CELL.format(path=file.name))
    answers = []
    for exercises, source in dict(filter(None, map(_answer, cells))).items():
        try:
            answers.append(Cell(exercises, source, _used(source)))
        except SyntaxError as error:
            missing |= dict.fromkeys(exercises, BROKEN.format(error=f"SyntaxError: {error.msg}"))
    for cell in answers:
        missing = {name: reason for name, reason in missing.items() if name not in cell.exercises}
    return Notebook(lesson, imports, tuple(answers), missing)


def _answer(cell: dict) -> tuple[tuple[str, ...], str] | None:
    """(exercises, source) of an answer cell, known by its nbgrader mark, as "lerp-slerp"; None of any other."""
    mark = cell.get("metadata", {}).get("nbgrader", {})
    exercises = tuple(str(mark.get("grade_id", "")).split("-"))
    if cell.get("cell_type") != "code" or not mark.get("solution") or not all(name in EXERCISES for name in exercises):
        return None
    return exercises, LEFT_OUT.sub("", _source(cell)).strip("\n")


def _setup_imports(cell: dict) -> list[ast.Import | ast.ImportFrom]:
    if cell.get("cell_type") == "code" and "setup" in cell.get("metadata", {}).get("tags", ()):
        with contextlib.suppress(SyntaxError):
            statements = ast.parse(LEFT_OUT.sub("", _source(cell))).body
            return [statement for statement in statements if isinstance(statement, ast.Import | ast.ImportFrom)]
    return []


def _source(cell: dict) -> str:
    return "".join(cell.get("source", ""))  # a string, or a list of lines


def _used(source: str) -> frozenset[str]:
    """Every name in a source. Raises SyntaxError."""
    return frozenset(node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
