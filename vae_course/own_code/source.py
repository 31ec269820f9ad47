"""A student's file as it is now: which of its cells run, and which of the course's functions it defines."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from ..cells import python
from ..confined.contents import RUN, answered
from ..exercises import EXERCISES
from ..text import Both
from . import texts

FUNCTIONS = {function: exercise for exercise in EXERCISES.values() for function in exercise.functions}


class Unusable(Exception):
    """A file with nothing to show; `sentence` says why, in both languages."""

    def __init__(self, sentence: Both):
        super().__init__(sentence.en)
        self.sentence = sentence


@dataclass(frozen=True)
class Cell:
    """What is executed of a notebook, or a whole Python file."""

    name: str  # as tracebacks call it
    text: str

    @property
    def functions(self) -> set[str]:
        """The course's functions and classes that are written here; a stub is none."""
        return answered(self.text) & FUNCTIONS.keys()


@dataclass(frozen=True)
class Source:
    """A file's cells in their order."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def found(self) -> list[str]:
        """The course's functions and classes that it defines, in the lessons' order."""
        there = set[str]().union(*(cell.functions for cell in self.cells))
        return [name for name in FUNCTIONS if name in there]


def read(file: Path) -> Source:
    """A notebook or Python file. Raises Unusable."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable(texts.NOT_UTF8.format(file=file.name)) from None
    except OSError as error:
        raise Unusable(texts.NO_FILE.format(file=str(file), why=error.strerror or type(error).__name__)) from None
    source = Source(file.name, _cells(text, file.name) if file.suffix == ".ipynb" else _program(text, file.name))
    if not source.found:
        raise Unusable(texts.NOTHING.format(file=file.name, names=", ".join(FUNCTIONS)))
    return source


def _program(text: str, name: str) -> tuple[Cell, ...]:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if not (line := getattr(error, "lineno", None)):
            raise Unusable(texts.NO_PYTHON.format(file=name)) from None
        about = {"error": error.msg, "line": line, "code": (error.text or "").strip()}  # type: ignore[union-attr]
        raise Unusable(texts.SYNTAX.format(file=name, **about)) from None
    return (Cell(name, text),)


def _cells(text: str, name: str) -> tuple[Cell, ...]:
    try:
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        return tuple(
            Cell(f"{name}:{number}", python("".join(cell["source"])))
            for number, cell in enumerate(cells, 1)
            if _runs(cell.get("metadata", {}))
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unusable(texts.NO_NOTEBOOK.format(file=name)) from None


def _runs(metadata: dict) -> bool:
    tags, marks = set(metadata.get("tags", ())), metadata.get("nbgrader", {})
    return bool(RUN & tags) or not (tags or marks.get("locked"))
