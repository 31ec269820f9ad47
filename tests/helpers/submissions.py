"""Notebooks as students hand them in, made from the real lessons."""

from copy import deepcopy
from functools import cache

from helpers.grading import ROOT
from vae_course.grading import released as lessons
from vae_course.grading import submission

WORDS = "Porque *el azar* es una entrada: $z = \\mu + \\sigma\\varepsilon$."


def released(name="03-sampling", lang="es"):
    return deepcopy(lessons.released(ROOT, name, lang))


@cache
def _answered(name, lang):
    notebook = submission.read(ROOT / "lessons" / lang / name / f"{name}.ipynb", name)
    solved = submission.read(ROOT / "solutions" / lang / name / f"{name}.ipynb", name)
    for cell, answer in zip(notebook.cells, solved.cells, strict=True):
        if is_answer(cell):
            cell.source = answer.source
        if is_question(cell):
            cell.source = cell.source.rpartition("\n")[0] + f"\n{WORDS}"
    return notebook


def answered(name="03-sampling", lang="es"):
    """A student's notebook with all answers right and all questions answered."""
    return deepcopy(_answered(name, lang))


def untouched(name="03-sampling", lang="es"):
    return submission.read(ROOT / "lessons" / lang / name / f"{name}.ipynb", name)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_answer(cell):
    return cell.metadata.get("nbgrader", {}).get("solution", False) and cell.cell_type == "code"


def is_question(cell):
    return cell.metadata.get("nbgrader", {}).get("solution", False) and cell.cell_type == "markdown"


def is_check(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False) and cell.cell_type == "code"


def at(notebook, name):
    """The position of a cell by its grade id, or by its own id."""
    return next(k for k, cell in enumerate(notebook.cells) if name in (grade_id(cell), cell.id))


def by_name(notebook):
    return {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}


def lose_all_data(notebook):
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"lost-{number}"
