"""Notebooks as students hand them to `python app.py --with`."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def solved(lesson: str, lang: str = "es") -> list[dict]:
    """The cells of a lesson's solution."""
    file = ROOT / "solutions" / lang / lesson / f"{lesson}.ipynb"
    return json.loads(file.read_text(encoding="utf-8"))["cells"]


def write_notebook(file: Path, cells: list[dict]) -> Path:
    file.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}), encoding="utf-8")
    return file


def half_solved(lesson: str, exercise: str, folder: Path) -> Path:
    """What a student was given, with one answer written."""
    answers = {cell["id"]: cell for cell in solved(lesson)}
    given = ROOT / "lessons" / "es" / lesson / f"{lesson}.ipynb"
    cells = json.loads(given.read_text(encoding="utf-8"))["cells"]
    one = {"grade_id": exercise}
    cells = [
        answers[cell["id"]] if one.items() <= cell["metadata"].get("nbgrader", {}).items() else cell for cell in cells
    ]
    return write_notebook(folder / f"{lesson}.ipynb", cells)


def with_answer(lesson: str, exercise: str, text: str) -> list[dict]:
    """The cells of a solution, in which one answer is another."""
    cells = solved(lesson)
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise:
            cell["source"] = text
    return cells
