"""The gradebook in a PostgreSQL server, which several machines may share."""

import json
import os
import signal
import subprocess
import sys

import nbformat
import pytest
from helpers import postgresql
from helpers.grading import ROOT
from helpers.recording import LESSON, records, zero
from helpers.submissions import answered, at
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool

from vae_course.grading.records import ADVISORY_LOCK

pytestmark = pytest.mark.slow

STUDENTS = ("ana", "bea", "carla", "dora")
WRONG = "def active_units(mu, threshold=0.01):\n    return 0"


@pytest.fixture(scope="module")
def database():
    """database(name) -> the address of a new one."""
    if not (binaries := postgresql.programs()):
        pytest.skip("no PostgreSQL server is installed: Debian's package is postgresql")
    with postgresql.server(binaries) as host:
        yield lambda name: postgresql.database(binaries, host, name)


def make(root, url=None, students=STUDENTS):
    """A course's folder, its gradebook at the address; one student's answer is wrong."""
    root.mkdir()
    for name in ("lessons", "vae_course", "tests"):
        (root / name).symlink_to(ROOT / name)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    config += f"\nc.CourseDirectory.db_url = {url!r}\n" if url else ""
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for student in students:
        notebook = answered(LESSON, "es")
        if student == "bea":
            notebook.cells[at(notebook, "active_units")].source = WRONG
        path = root / "submitted" / student / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return root


def grading(root, *more):
    """The command, begun."""
    command = [sys.executable, "-m", "vae_course", "grade", LESSON, "--root", root, "--workers", "1", "--json", *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(*begun):
    """Student -> score, as each command says."""
    found = []
    for one in begun:
        out, err = one.communicate(timeout=600)
        assert one.returncode == 0, out + err
        found.append({student["student"]: student["score"] for student in json.loads(out)["students"]})
    return found


def rows(url, student):
    """Grade id -> (auto score, manual score, whether it waits for the teacher); None for who is not there."""
    with Gradebook(url) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
        except MissingEntry:
            return None
        return {one.name: (one.auto_score, one.manual_score, one.needs_manual_grade) for one in notebook.grades}


def test_two_machines_grade_at_once_into_one_server_what_sqlite_holds_too(tmp_path, database):
    url = database("shared")
    machines = [make(tmp_path / name, url) for name in ("one", "two")]
    alone = make(tmp_path / "alone")
    found = ended(*map(grading, machines))
    assert found == [*ended(grading(alone))] * 2
    for student in STUDENTS:
        assert rows(url, student) == rows(f"sqlite:///{alone}/gradebook.db", student)
        for root in machines:
            file = root / "autograded" / student / LESSON / f"{LESSON}.ipynb"
            assert [one.name for one in file.parent.iterdir()] == [file.name]
    with Gradebook(url) as gradebook:
        assert sorted(student.id for student in gradebook.students) == sorted(STUDENTS)
        (question,) = [name for name, (auto, *_) in rows(url, "ana").items() if auto is None]
        row = gradebook.find_grade(question, LESSON, LESSON, "ana")
        row.manual_score, row.needs_manual_grade = 2.0, False
        gradebook.find_comment(question, LESSON, LESSON, "ana").manual_comment = "well said"
        gradebook.db.commit()
    before = rows(url, "ana")
    assert before[question] == (None, 2.0, False)
    ended(grading(machines[1], "--student", "ana"))
    assert rows(url, "ana") == before
    with Gradebook(url) as gradebook:
        assert gradebook.find_comment(question, LESSON, LESSON, "ana").comment == "well said"


@pytest.mark.parametrize("server", ["sqlite", "postgresql"])
def test_who_is_killed_while_recording_leaves_each_student_whole_and_nothing_locked(tmp_path, database, server):
    root = make(tmp_path / "course", students=("ana", "bea"))
    url = database("killed") if server == "postgresql" else f"sqlite:///{root}/gradebook.db"
    program = [sys.executable, "-m", "helpers.recording", root, url]
    path = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    for student, when in (("ana", "before"), ("bea", "after")):
        killed = subprocess.run([*program, student, when], env=path, capture_output=True, text=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        with records(root, url) as there:
            assert not there.is_graded(student)  # so that nbgrader's autograde does it again
    assert rows(url, "ana") is None
    assert {auto for auto, *_ in rows(url, "bea").values()} == {0.0}
    with records(root, url) as there:
        for student in ("ana", "bea"):
            there.record(student, zero(root))
            assert there.is_graded(student)
    assert rows(url, "ana") == rows(url, "bea")


def test_who_records_on_one_machine_keeps_the_others_waiting(tmp_path, database):
    url, free = database("turns"), select(func.pg_try_advisory_xact_lock(ADVISORY_LOCK))
    root = make(tmp_path / "course", url, students=())
    with records(root, url) as there, create_engine(url, poolclass=NullPool).connect() as elsewhere:
        with there._locked():
            assert not elsewhere.scalar(free)
        assert elsewhere.scalar(free)


def test_a_server_that_is_not_there_is_told_in_a_sentence_without_the_address(tmp_path):
    root = make(tmp_path / "course", "postgresql+psycopg://teacher:secret@/marks?host=/nowhere", students=("ana",))
    out, err = (begun := grading(root)).communicate(timeout=600)
    assert begun.returncode == 1 and out == ""
    assert err.startswith("error: the gradebook can't be opened: ") and err.count("\n") == 1 and "secret" not in err
