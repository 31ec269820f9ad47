"""Every notebook from top to bottom in a real kernel: solved with the real pictures, unanswered without any."""

import os

import nbclient
import nbformat
import pytest
from helpers.grading import CHECKS, ROOT

from vae_course.exercises import EXERCISES, LESSONS

pytestmark = pytest.mark.slow


def executed(kind, lang, name, folder, monkeypatch):
    """The notebook after a run in an empty folder; the first cell finds the course through the path, as on Colab."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
    notebook = nbformat.read(ROOT / kind / lang / name / f"{name}.ipynb", as_version=4)
    where = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=300, allow_errors=True, kernel_name="python3", resources=where).execute()
    return notebook


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
def test_unanswered_notebooks_go_on_without_pictures(name, tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path / "nothing"))
    notebook = executed("lessons", "en", name, tmp_path, monkeypatch)
    failed = outputs(notebook, "error")
    assert {cell.id for cell, _ in failed} == {cell.id for cell in notebook.cells if cell.id.endswith("-check")}
    assert all(output.ename == "NotYet" and "waiting for an answer" in output.evalue for _, output in failed)
    assert all(len(output.traceback) == 1 for _, output in failed)
    assert [output.text for _, output in outputs(notebook, "stream") if output.name == "stderr"] == []
    assert any("image/png" in output.get("data", {}) for _, output in outputs(notebook, "execute_result"))
