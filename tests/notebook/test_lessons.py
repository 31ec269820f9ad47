"""Every notebook from top to bottom in a real kernel: solved with real pictures; unanswered or wrong without any."""

import json
import os

import nbclient
import nbformat
import pytest
from helpers.grading import CHECKS, ROOT

from vae_course.course.source import PREDICT
from vae_course.exercises import ALL, EXERCISES, LESSONS
from vae_course.predictions import PREDICTIONS

pytestmark = pytest.mark.slow


def executed(kind, lang, name, folder, monkeypatch, answers=None, predicted=False):
    """The notebook after *Run All* in an empty folder; its setup finds the course through the path, as on Colab.

    answers: exercise -> what stands in its cell; predicted: whether each prediction is made.
    """
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    notebook = nbformat.read(ROOT / kind / lang / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = (answers or {}).get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        if predicted:
            cell.source = PREDICT.sub(lambda line: line[0].replace("...", said(line[1])), cell.source)
    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=300, allow_errors=True, kernel_name="python3", resources=where).execute()
    return notebook


def said(prediction):
    return '"a"' if PREDICTIONS[prediction].options else "1"


def outputs(notebook, kind):
    """(cell, output) of one type: "error", "stream" or "execute_result"."""
    found = [(cell, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    return [(cell, output) for cell, output in found if output.output_type == kind]


@pytest.mark.parametrize("name", LESSONS)
def test_solved_notebooks_run_and_score_full(name, tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_CHECKS", str(CHECKS))  # as nbgrader_config.py does
    notebook = executed("solutions", "es", name, tmp_path, monkeypatch)
    assert [(cell.id, output.evalue) for cell, output in outputs(notebook, "error")] == []
    assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
    marks = [cell for cell in notebook.cells if cell.id.endswith("-check")]
    scores = [float(cell.outputs[-1].data["text/plain"]) for cell in marks]
    assert scores == [cell.metadata.nbgrader.points for cell in marks]
    worth = sum(exercise.points for exercise in EXERCISES.values() if exercise.lesson == name)
    assert sum(scores) == worth


@pytest.mark.parametrize("name", LESSONS)
def test_unanswered_notebooks_run_to_their_end_without_pictures(name, tmp_path, monkeypatch):
    notebook = without_pictures(name, "es", tmp_path, monkeypatch)
    assert all("espera una respuesta" in text for text in verdicts(notebook))


@pytest.mark.parametrize("name", LESSONS)
def test_wrong_answers_stop_nothing(name, tmp_path, monkeypatch):
    answers = {
        cell: "\n".join(f"def {function}(*args, **kwargs):\n    return None" for function in functions(cell))
        for cell in answer_cells(name)
    }
    notebook = without_pictures(name, "en", tmp_path, monkeypatch, answers, predicted=True)
    assert not any("waiting" in text for text in verdicts(notebook))
    printed = "".join(output.text for _, output in outputs(notebook, "stream"))
    asked = [one for one in PREDICTIONS.values() if one.lesson == name]
    assert all(f"Noted · {one.about.en}: " in printed for one in asked)
    lines = (tmp_path / "predictions.jsonl").read_text(encoding="utf-8").split("\n")
    results = {record["name"]: record["truth"] for record in map(json.loads, filter(None, lines)) if "truth" in record}
    assert all(f"Prediction · {PREDICTIONS[one].about.en}: " in printed for one in results)
    assert results.keys() >= {one.name for one in asked} - ONLY_OF_PHOTOGRAPHS


ONLY_OF_PHOTOGRAPHS = {"young", "grey-hair", "lost-first", "precise", "with-glasses", "worst-group"}  # their results


def without_pictures(name, lang, folder, monkeypatch, answers=None, predicted=False):
    """A student's notebook after *Run All*, in which nothing stopped and something was drawn."""
    monkeypatch.setenv("VAE_COURSE_DATA", str(folder / "nothing"))
    notebook = executed("lessons", lang, name, folder, monkeypatch, answers, predicted)
    assert [(cell.id, output.evalue) for cell, output in outputs(notebook, "error")] == []
    assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert any("image/png" in output.get("data", {}) for _, output in outputs(notebook, "execute_result"))
    return notebook


def verdicts(notebook):
    """What each check says, of one exercise or several: all complaints."""
    said = [
        "".join(output.text for output in cell.outputs)
        for cell in notebook.cells
        if cell.id.endswith(("-check", "-try"))
    ]
    assert said and all(line[:2] == "✗ " for text in said for line in text.splitlines())
    return [line for text in said for line in text.splitlines()]


def answer_cells(lesson):
    """The grade ids of the lesson's answers, such as "lerp-slerp"."""
    notebook = nbformat.read(ROOT / "lessons" / "en" / lesson / f"{lesson}.ipynb", as_version=4)
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells if cell.cell_type == "code"]
    return [mark["grade_id"] for mark in marks if mark.get("solution")]


def functions(cell):
    return [function for name in cell.split("-") for function in ALL[name].functions]
