"""The round through nbgrader's own commands, as a teacher goes: three submissions, two languages, one gradebook."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from helpers.grading import NAME, make_course

from vae_course.course import build
from vae_course.grading import gradebook

pytestmark = pytest.mark.slow

NBGRADER = str(Path(sys.executable).with_name("nbgrader"))
RIGHT = {
    "beta_schedule": "def beta_schedule(s, w, b):\n    return b if s >= w else b * s / w",
    "kl_per_dimension": "def kl_per_dimension(m, v):\n    return (0.5 * (m**2 + v.exp() - 1 - v)).mean(0)",
    "active_units": "def active_units(mu, threshold=0.01):\n    return int((mu.var(0) > threshold).sum())",
    "question-price": "Todo se parece más al prior.",
}
HALF = {
    **RIGHT,
    "kl_per_dimension": "def kl_per_dimension(m, v):\n    return (0.5 * (m**2 + v.exp() - 1 - v)).sum(1)",
    "active_units": "def active_units(mu, threshold=0.01):\n    return (mu.var(0, unbiased=False) > threshold).sum()",
}
WRONG = {name: f"def {name}(*arguments):\n    return 'no'" for name in RIGHT if "-" not in name}


def nbgrader(root, *arguments, lang="es", fails=False):
    """The command, as typed in the root with only Python's own environment at hand."""
    env = {**os.environ, "VAE_COURSE_LANG": lang, "PATH": os.defpath}
    env.pop("PYTHONPATH", None)
    done = subprocess.run([NBGRADER, *arguments], cwd=root, env=env, capture_output=True, text=True, timeout=600)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def submit(root, student, lang, answers, change=lambda notebook: None):
    notebook = nbformat.read(root / "lessons" / lang / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    change(notebook)
    path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def feedback(root, student):
    return (root / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course after autograde, feedback and export, without a gradebook before."""
    root = make_course(tmp_path_factory.mktemp("nbgrader") / "course")
    build.build(root)
    submit(root, "ana", "es", RIGHT)
    submit(root, "bea", "en", HALF)
    submit(root, "caro", "en", WRONG, meddle)
    submit(root, "dani", "es", {}, lose_metadata)
    nbgrader(root, "autograde", NAME, lang="es")
    nbgrader(root, "generate_feedback", NAME)
    nbgrader(root, "export", "--to", "grades.csv")
    return root


def meddle(notebook):
    """One check deleted, one made to say that all is well, one answer copied."""
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    notebook.cells[ids.index("kl_per_dimension-check")].source = "100.0"
    notebook.cells.insert(0, nbformat.from_dict(dict(notebook.cells[ids.index("beta_schedule")], id="copy")))
    del notebook.cells[ids.index("active_units-check") + 1]


def lose_metadata(notebook):
    del notebook.metadata["vae_course"]


def scores(root):
    with (root / "grades.csv").open(newline="", encoding="utf-8") as file:
        return {row["student_id"]: (float(row["raw_score"]), float(row["max_score"])) for row in csv.DictReader(file)}


def test_grades_are_what_the_checks_give(graded):
    found = scores(graded)
    assert {most for _, most in found.values()} == {8.0}
    assert found["ana"][0] == 5.0  # the written question waits for the teacher
    assert 1.0 < found["bea"][0] < 4.0
    assert found["caro"][0] == found["dani"][0] == 0.0


def test_feedback_speaks_the_submissions_language(graded):
    ana, bea, dani = (feedback(graded, student) for student in ("ana", "bea", "dani"))
    assert '<html lang="es">' in ana and "Puntaje: 5.0 / 8.0" in ana and "Score:" not in ana
    assert "Crece en línea recta" in ana and "(Top)" not in ana and "Student's answer" not in ana
    assert '<html lang="en">' in bea and "Score: " in bea and "It grows in a straight line" in bea
    assert "Puntaje" not in bea and "Crece" not in bea
    assert '<html lang="es">' in dani and "Sin responder todavía" in dani and "Sin respuesta." in dani


def test_feedback_says_which_property_failed_and_hides_the_checks(graded):
    bea = feedback(graded, "bea")
    assert "One value for each dimension is expected" in bea and "The variance is the unbiased one" in bea
    assert "HIDDEN" not in bea and "grading.notebook" not in bea


def test_locked_cells_stay_in_the_submissions_language_and_come_back(graded):
    def cells(student):
        path = graded / "autograded" / student / NAME / f"{NAME}.ipynb"
        return {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in nbformat.read(path, 4).cells}

    assert 'start("es")' in cells("ana")["start"] and 'start("en")' in cells("bea")["start"]
    assert {"kl_per_dimension-check", "active_units-check"} <= cells("caro").keys()
    assert cells("caro")["kl_per_dimension-check"].endswith('check("kl_per_dimension")')


def test_untouched_checks_cause_no_warning_at_all(graded):
    assert "has changed" not in nbgrader(graded, "autograde", NAME, "--student", "ana", "--force")


def test_the_gradebook_is_nbgraders_own(graded):
    assert NAME in nbgrader(graded, "db", "assignment", "list")
    assert "caro" in nbgrader(graded, "db", "student", "list")


def test_formgrader_sees_assignment_and_submissions(graded):
    code = (
        "import runpy; from traitlets.config import Config; c = Config(); "
        "runpy.run_path('nbgrader_config.py', {'get_config': lambda: c}); "
        "from nbgrader.apps.api import NbGraderAPI; api = NbGraderAPI(config=c); "
        f"one = api.get_assignment('{NAME}'); print(one['num_submissions'], one['max_score']); "
        f"print(api.get_submission('{NAME}', 'ana')['score'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=graded, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["4", "8.0", "5.0"], done.stdout + done.stderr


@pytest.mark.parametrize("lang", ["es", "en"])
def test_generate_assignment_writes_what_is_committed(graded, lang):
    path = graded / "lessons" / lang / NAME / f"{NAME}.ipynb"
    before = path.read_bytes()
    path.unlink()
    nbgrader(graded, "generate_assignment", NAME, "--force", lang=lang)
    assert path.read_bytes() == before


@pytest.mark.parametrize("lang", ["es", "en"])
def test_validate_fails_on_an_unanswered_release_and_passes_on_an_answered_one(graded, lang):
    release = f"lessons/{lang}/{NAME}/{NAME}.ipynb"
    said = nbgrader(graded, "validate", release, lang=lang)
    assert "FAILED" in said and ("espera una respuesta" if lang == "es" else "is waiting for an answer") in said
    answered = graded / "lessons" / lang / NAME / "answered.ipynb"
    notebook = nbformat.read(graded / release, as_version=4)
    for cell in notebook.cells:
        cell.source = RIGHT.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, answered)
    assert "Success" in nbgrader(graded, "validate", str(answered), lang=lang)
    answered.unlink()


def test_no_words_of_nbgrader_are_left_in_spanish():
    """Each English phrase that we replace is still one that nbgrader's own template writes."""
    template = Path(gradebook.generatefeedbackapp.__file__).parents[1].joinpath(
        "server_extensions", "formgrader", "templates", "feedback", "index.html.j2"
    )  # fmt: skip
    words = template.read_text(encoding="utf-8")
    for english, _ in gradebook.SPANISH:
        assert english.split("<p>")[0].strip() in words, english
