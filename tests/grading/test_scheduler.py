"""A class judged by Dask's workers, of which some die."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from helpers import dying
from helpers.grading import CHECKS, ROOT
from helpers.submissions import answered, at
from nbgrader.api import Gradebook

from vae_course.exercises import EXERCISES, names
from vae_course.grading import scheduler, whole_class
from vae_course.grading.verdict import Course

pytestmark = pytest.mark.slow

LESSON = "07-beta"
POINTS = sum(EXERCISES[name].points for name in names(LESSON))
WRONG = "def active_units(mu, threshold=0.01):\n    return 0"
STUDENTS = ["ana", "bea", "carla", "dora", "eva"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course's folder with five submissions: right in two languages, one wrong answer, no notebook at all."""
    root = tmp_path_factory.mktemp("course")
    for name in ("lessons", "vae_course", "tests"):
        (root / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for k, student in enumerate(STUDENTS):
        notebook = answered(LESSON, ("es", "en")[k % 2])
        if student == "carla":
            notebook.cells[at(notebook, "active_units")].source = WRONG
        path = root / "submitted" / student / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    path.write_bytes(b"PK")  # the last one's
    return root


@pytest.fixture(scope="module")
def address():
    """Of a scheduler with two workers, each a process of its own."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        yield cluster.scheduler_address


def folders(root):
    return [root / "submitted" / student / LESSON for student in STUDENTS]


def by(root):
    return Course(root, CHECKS, "es")


def by_scheduler(root, address):
    """Student -> what is found, each once."""
    found = list(scheduler.judged(folders(root), LESSON, by(root), address))
    assert sorted(folder for folder, _ in found) == folders(root)
    return {folder.parent.name: one for folder, one in found}


@pytest.fixture(scope="module")
def here(course):
    """What this machine's own processes find."""
    found = whole_class.judged(folders(course), LESSON, by(course))
    return {folder.parent.name: one for folder, one in found}


def test_workers_find_what_one_finds_here(course, address, here):
    assert [here[student].points == POINTS for student in STUDENTS] == [True, True, False, True, False]
    assert by_scheduler(course, address) == here


def test_where_a_worker_dies_nobody_is_lost_or_judged_twice(course, address, here, monkeypatch):
    monkeypatch.setattr(scheduler, "judge", dying.once)
    assert by_scheduler(course, address) == here
    assert (course / "died").exists()


def test_a_submission_that_ends_its_worker_each_time_has_0_and_the_others_their_points(
    course, address, here, monkeypatch
):
    monkeypatch.setattr(scheduler, "judge", dying.always)
    found = by_scheduler(course, address)
    ana = found.pop("ana")
    assert ana.points == 0 and "ended abruptly 2 times" in ana.repairs[0].en
    assert (course / "deaths").read_text(encoding="utf-8") == "xx"
    assert found.items() <= here.items()


def test_a_worker_that_lacks_the_course_gives_nobody_0(course, address, monkeypatch):
    monkeypatch.setattr(scheduler, "files", lambda folder: {"a volume that is only here": (1, True)})
    found = scheduler.judged(folders(course), LESSON, by(course), address)
    assert all("sees other files" in one for _, one in found)


def test_where_nobody_answers_the_command_says_so_and_grades_nobody(course):
    command = [
        sys.executable,
        "-m",
        "vae_course",
        "grade",
        LESSON,
        "--root",
        course,
        "--scheduler",
        "tcp://127.0.0.1:9",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == "" and not (course / "autograded").exists()
    assert done.stderr.startswith("error: no Dask scheduler answers at tcp://127.0.0.1:9: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("address", ["nonsense", "foo://127.0.0.1:9", "tls://127.0.0.1:9"])
def test_an_address_that_is_none_is_told_of(address):
    with pytest.raises(whole_class.NoScheduler, match=f"answers at {address}: "):
        scheduler.connected(address)


def test_the_command_records_what_workers_found(course, address):
    command = [sys.executable, "-m", "vae_course", "grade", LESSON, "--root", course, "--scheduler", address, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [one["student"] for one in json.loads(done.stdout)["students"]] == STUDENTS
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert [one.score == POINTS for one in gradebook.assignment_submissions(LESSON)].count(True) == 3
