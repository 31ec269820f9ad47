"""Notebooks from top to bottom in a real kernel: each lesson unanswered or wrong without pictures; a solved one.

Each solved lesson runs with the real pictures and whole trainings in test_numbers.py, without a kernel; for marks in
test_referee.py.
"""

import itertools
import json
import os

import nbclient
import nbformat
import pytest
from helpers.grading import ROOT

from vae_course.course.source import PREDICT
from vae_course.exercises import ALL, LESSONS
from vae_course.notebook.predictions import HELD, NOTED
from vae_course.predictions import PREDICTIONS
from vae_course.text import LANGUAGES, pick

pytestmark = pytest.mark.slow
SHORT = {  # lesson -> numbers that a student changes too, so that it ends soon
    "02-networks": {
        "STEPS, SECONDS = 600": "STEPS, SECONDS = 120",
        "EARLY, STEPS, SEEDS = 50, 150": "EARLY, STEPS, SEEDS = 5, 9",
    },
    "04-loss": {"STEPS = 300": "STEPS = 30"},
    "05-training": {
        "EPOCHS = 110": "EPOCHS = 12",
        "EPOCHS = 10\n": "EPOCHS = 2\n",
        "TRIAL_EPOCHS = 6": "TRIAL_EPOCHS = 1",
    },
    "07-beta": {"STEPS = 500": "STEPS = 50", "STEPS = 1000": "STEPS = 50"},
    "09-faces": {"--count 800 --epochs 10": "--count 200 --epochs 4"},
    "10-flow": {"STEPS = 1500": "STEPS = 60", "DRAWS, N = 10_000, 2000": "DRAWS, N = 1000, 500"}
    | {f"steps={count}": "steps=40" for count in (600, 800, 1000)},
}
WAITS = {"es": "espera una respuesta", "en": "is waiting for an answer"}


def executed(kind, lang, name, folder, monkeypatch, answers=None, predict=False, changes=None):
    """The notebook after *Run All* in an empty folder; its setup finds the course through the path, as on Colab.

    answers: exercise -> what stands in its cell; predict: whether each prediction is made; changes: old -> new.
    """
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    notebook = nbformat.read(ROOT / kind / lang / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = (answers or {}).get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        if predict:
            cell.source = PREDICT.sub(lambda line: line[0].replace("...", said(line[1])), cell.source)
    change(notebook, changes or {})
    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=300, allow_errors=True, kernel_name="python3", resources=where).execute()
    return notebook


def change(notebook, changes):
    for old, new in changes.items():
        changed = [cell for cell in notebook.cells if cell.cell_type == "code" and old in cell.source]
        assert changed, old
        for cell in changed:
            cell.source = cell.source.replace(old, new)


def said(prediction):
    return '"a"' if PREDICTIONS[prediction].options else "1"


def outputs(notebook, kind):
    """(cell, output) of one type: "error", "stream" or "execute_result"."""
    found = [(cell, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [(cell, output) for cell, output in found if output.output_type == kind]


def test_a_solved_notebook_runs_and_passes_its_checks(tmp_path, monkeypatch):
    notebook = executed("solutions", "es", "04-loss", tmp_path, monkeypatch)
    assert [(cell.id, output.evalue) for cell, output in outputs(notebook, "error")] == []
    assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
    told = [cell.outputs[0].text for cell in notebook.cells if cell.id.endswith("-check")]
    assert told and all(line.startswith("✓ ") for text in told for line in text.splitlines())


@pytest.mark.parametrize(("name", "lang"), [*zip(LESSONS, itertools.cycle(LANGUAGES), strict=False)])
def test_neither_what_is_missing_nor_what_is_wrong_stops_a_notebook_without_pictures(name, lang, tmp_path, monkeypatch):
    """*Run All* on a student's notebook: every second answer is wrong, the others wait."""
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path / "nothing"))
    wrong = {
        cell: "\n".join(f"def {function}(*args, **kwargs):\n    return None" for function in functions(cell))
        for cell in answer_cells(name, lang)[1::2]
    }
    changes = SHORT.get(name)
    notebook = executed("lessons", lang, name, tmp_path, monkeypatch, wrong, predict=True, changes=changes)
    assert [(cell.id, output.evalue) for cell, output in outputs(notebook, "error")] == []
    assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert any("image/png" in output.get("data", {}) for _, output in outputs(notebook, "execute_result"))
    told = verdicts(notebook)
    waiting = {exercise for exercise, text in told.items() if WAITS[lang] in text}
    assert waiting == told.keys() - {exercise for cell in wrong for exercise in cell.split("-")}
    predicted(name, lang, notebook, tmp_path)


ONLY_OF_PHOTOGRAPHS = {
    "young",
    "grey-hair",
    "lost-first",
    "kitten",
    "kitten-part",
    "precise",
    "with-glasses",
    "worst-group",
    "kind-of-faces",
}  # their results


def predicted(lesson, lang, notebook, folder):
    """Each prediction is noted, and compared where its result is known."""
    printed = "".join(output.text for _, output in outputs(notebook, "stream"))
    asked = {one.name: pick(one.about, lang) for one in PREDICTIONS.values() if one.lesson == lesson}
    noted, compared = (pick(text, lang).partition("{")[0] for text in (NOTED, HELD))
    assert all(f"{noted}{about}: " in printed for about in asked.values())
    lines = (folder / "predictions.jsonl").read_text(encoding="utf-8").split("\n")
    results = {record["name"] for record in map(json.loads, filter(None, lines)) if "truth" in record}
    assert all(f"{compared}{asked[one]}: " in printed for one in results)
    assert results >= asked.keys() - ONLY_OF_PHOTOGRAPHS


def verdicts(notebook):
    """Exercise -> what its check says first; each is a complaint."""
    cells = [cell for cell in notebook.cells if cell.id.endswith(("-check", "-try"))]
    lines = [line for cell in cells for line in "".join(output.text for output in cell.outputs).splitlines()]
    assert lines and all(line.startswith("✗ ") for line in lines)
    return {exercise: text for exercise in ALL for text in lines if text.startswith(f"✗ {exercise}")}


def answer_cells(lesson, lang):
    """The grade ids of the lesson's answers, such as "lerp-slerp"."""
    notebook = nbformat.read(ROOT / "lessons" / lang / lesson / f"{lesson}.ipynb", as_version=4)
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells if cell.cell_type == "code"]
    return [mark["grade_id"] for mark in marks if mark.get("solution")]


def functions(cell):
    return [function for name in cell.split("-") for function in ALL[name].functions]
