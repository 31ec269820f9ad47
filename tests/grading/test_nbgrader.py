"""The round through nbgrader's own commands, as a teacher goes: submissions of all kinds, languages, one gradebook."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from helpers.feedback import LIMIT
from helpers.grading import NAME, make_course
from helpers.submissions import lose_all_data
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from vae_course.course import build

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
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WRONG = {name: f"def {name}(*arguments):\n    return 'no'" for name in RIGHT if "-" not in name}


def nbgrader(root, *arguments, lang="es", fails=False):
    """The command, as typed in the root with only Python's own environment at hand."""
    env = {**os.environ, "VAE_COURSE_LANG": lang, "PATH": os.defpath}
    env.pop("PYTHONPATH", None)
    done = subprocess.run([NBGRADER, *arguments], cwd=root, env=env, capture_output=True, text=True, timeout=600)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def submit(root, student, lang, answers, change=lambda notebook: None, file=f"{NAME}.ipynb"):
    notebook = nbformat.read(root / "lessons" / lang / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    change(notebook)
    path = root / "submitted" / student / NAME / file
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8-sig")
    return path


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
    submit(root, "ema [2]", "en", RIGHT, lose_all_data, f"<b>{NAME} (1).ipynb")
    submit(root, "fede", "es", RIGHT).write_bytes(b"PK")
    submit(root, "gabi", "es", {}, answer_in_cells_of_ones_own)
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


def answer_in_cells_of_ones_own(notebook):
    """Stubs and question left as they were: the answers below the checks, words and pictures below the question."""
    for name, source in RIGHT.items():
        below = next(k for k, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == name)
        picture = {"Captura de pantalla.png": {"image/png": PIXEL}}
        words = f"{source} ![](attachment:Captura%20de%20pantalla.png) ![](attachment:b.png)"
        mine = new_markdown_cell(words, attachments=picture) if "-" in name else new_code_cell(source)
        notebook.cells.insert(below + (1 if "-" in name else 2), mine)
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a": {}}}


def scores(root):
    with (root / "grades.csv").open(newline="", encoding="utf-8") as file:
        return {row["student_id"]: (float(row["raw_score"]), float(row["max_score"])) for row in csv.DictReader(file)}


def test_grades_are_what_the_checks_give(graded):
    found = scores(graded)
    assert {most for _, most in found.values()} == {8.0}
    assert found["ana"][0] == 5.0  # the written question waits for the teacher
    assert 1.0 < found["bea"][0] < 4.0
    assert found["caro"][0] == found["dani"][0] == found["fede"][0] == 0.0
    assert found["ema [2]"][0] == found["gabi"][0] == 5.0


def test_feedback_speaks_the_submissions_language(graded):
    ana, bea, dani = (feedback(graded, student) for student in ("ana", "bea", "dani"))
    assert '<html lang="es">' in ana and "Hasta ahora, 5 de 8 puntos" in ana and "todavía sin nota" in ana
    assert "Crece en línea recta" in ana and "not yet graded" not in ana
    assert '<html lang="en">' in bea and "points so far" in bea and "It grows in a straight line" in bea
    assert "puntos" not in bea and "Crece" not in bea
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


def test_feedback_begins_with_what_was_repaired(graded):
    ana, caro, ema, fede, gabi = (feedback(graded, student) for student in ("ana", "caro", "ema [2]", "fede", "gabi"))
    assert "Sobre este cuaderno" not in ana
    assert "About this notebook" in caro and "Locked, but changed; the original counts: check" in caro
    assert "Recognised by what is in them" in ema or "recognised by what is in them" in ema
    assert f"&lt;b&gt;{NAME} (1).ipynb" in ema and "<b>07" not in ema
    assert "no se puede leer como cuaderno" in fede and "Sin respuesta." in fede
    assert "se tomó de ahí" in gabi and "Imágenes pegadas que el archivo no trae: b.png" in gabi
    assert f"data:image/png;base64,{PIXEL}" in gabi


def test_words_in_a_cell_of_ones_own_wait_for_the_teacher(graded):
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        waits = {
            student: gradebook.find_grade("question-price", NAME, NAME, student).needs_manual_grade
            for student in ("gabi", "ema [2]", "dani", "fede")
        }
    assert waits == {"gabi": True, "ema [2]": True, "dani": False, "fede": False}


def test_what_students_handed_in_stays_as_it_was(graded):
    files = [path for path in (graded / "submitted").rglob("*") if path.is_file()]
    assert len(files) == 7 and {path.read_bytes()[:3] for path in files} == {b"\xef\xbb\xbf", b"PK"}


def test_untouched_checks_cause_no_warning_at_all(graded):
    said = nbgrader(graded, "autograde", NAME, "--student", "ana", "--force")
    assert "has changed" not in said and "original" not in said


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
    assert done.stdout.split() == ["7", "8.0", "5.0"], done.stdout + done.stderr


def test_feedback_is_light(graded):
    assert max(path.stat().st_size for path in (graded / "feedback").rglob("*.html")) < LIMIT


def test_points_and_comments_of_the_teacher_make_the_mark_final(graded):
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("question-price", NAME, NAME, "gabi")
        grade.manual_score, grade.needs_manual_grade = 2.5, False  # as formgrader saves them
        gradebook.find_comment("question-price", NAME, NAME, "gabi").manual_comment = "Falta el **precio**."
        gradebook.find_submission_notebook(NAME, NAME, "gabi").late_submission_penalty = 1
        gradebook.db.commit()
    nbgrader(graded, "generate_feedback", NAME, "--student", "gabi", "--force")
    gabi = feedback(graded, "gabi")
    assert "6.5 de 8 puntos" in gabi and "Hasta ahora" not in gabi and "todavía sin nota" not in gabi
    assert "Falta el <strong>precio</strong>." in gabi and "Descuento por entrega tardía" in gabi


def test_the_formgraders_button_writes_the_same_page(graded):
    before = feedback(graded, "ana")
    (graded / "feedback" / "ana" / NAME / f"{NAME}.html").unlink()
    code = (
        "import runpy; from traitlets.config import Config; c = Config(); "
        "runpy.run_path('nbgrader_config.py', {'get_config': lambda: c}); "
        "from nbgrader.apps.api import NbGraderAPI; "
        f"print(NbGraderAPI(config=c).generate_feedback('{NAME}', 'ana')['success'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=graded, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["True"], done.stdout + done.stderr
    assert feedback(graded, "ana") == before


@pytest.mark.parametrize("lang", ["es", "en"])
def test_generate_assignment_writes_what_is_committed(graded, lang):
    path = graded / "lessons" / lang / NAME / f"{NAME}.ipynb"
    before = path.read_bytes()
    path.unlink()
    nbgrader(graded, "generate_assignment", NAME, "--force", lang=lang)
    assert path.read_bytes() == before


def test_validate_fails_on_an_unanswered_release_and_passes_on_an_answered_one(graded):
    lang = "es"
    release = f"lessons/{lang}/{NAME}/{NAME}.ipynb"
    said = nbgrader(graded, "validate", release, lang=lang)
    assert "FAILED" in said and "espera una respuesta" in said
    answered = graded / "lessons" / lang / NAME / "answered.ipynb"
    notebook = nbformat.read(graded / release, as_version=4)
    for cell in notebook.cells:
        cell.source = RIGHT.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, answered)
    assert "Success" in nbgrader(graded, "validate", str(answered), lang=lang)
    answered.unlink()
