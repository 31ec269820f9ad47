"""Submissions judged as a teacher's command does it, and what stays of that in nbgrader's gradebook."""

import functools
import json
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from helpers.grading import CHECKS, ROOT
from helpers.submissions import answered, at, released
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from vae_course import __main__ as command_line
from vae_course.confined.process import Zygote
from vae_course.confined.watch import Limits
from vae_course.exercises import EXERCISES, LESSONS, names
from vae_course.grading import class_page, judging, referee, whole_class
from vae_course.grading.records import OtherCells, Records
from vae_course.grading.summary import ClassSummary, in_a_line
from vae_course.grading.verdict import Course
from vae_course.text import LANGUAGES

pytestmark = pytest.mark.slow

LESSON = "07-beta"
POINTS = sum(EXERCISES[name].points for name in names(LESSON))
QUICK = Limits(call=1)


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as process:
        yield process


@pytest.fixture
def points(zygote):
    """points(notebook) -> exercise -> points; the notebook gets its outputs."""

    def of(notebook, lesson=LESSON, limits=QUICK):
        scores = referee.judge(notebook, zygote, CHECKS, limits)
        return {score.exercise: score.points for score in scores}

    return of


def rebuilt(lesson=LESSON, lang="es"):
    """The released notebook with right answers, as normalize gives it."""
    notebook, right = released(lesson, lang), answered(lesson, lang)
    for cell, answer in zip(notebook.cells, right.cells, strict=True):
        cell.source = answer.source
    return notebook


def full(lesson=LESSON):
    return {name: float(EXERCISES[name].points) for name in names(lesson)}


def add(notebook, where, source):
    """A cell of the student's own above another one."""
    notebook.cells.insert(at(notebook, where), new_code_cell(source, id=f"own-{len(notebook.cells)}"))


def output(notebook, where):
    return notebook.cells[at(notebook, where)].outputs


@pytest.mark.parametrize(("lesson", "lang"), [(name, LANGUAGES[k % 2]) for k, name in enumerate(LESSONS)])
def test_right_answers_have_all_points_and_no_cell_fails(points, lesson, lang):
    notebook = rebuilt(lesson, lang)
    assert points(notebook, lesson, Limits()) == full(lesson)
    assert [output.evalue for cell in notebook.cells for output in cell.get("outputs", ()) if "evalue" in output] == []


def test_experiments_rewards_and_the_first_cell_are_not_executed(points):
    notebook = rebuilt()
    for cell in notebook.cells:
        if cell.metadata.get("tags", [""])[0] in ("start", "prepare", "predict", "experiment", "reward"):
            cell.source = "raise SystemExit"
    assert points(notebook) == full()
    assert sum(bool(cell.get("outputs")) for cell in notebook.cells) == len(full())


def test_each_cell_fails_alone_and_says_why(points):
    notebook = rebuilt()
    notebook.cells[at(notebook, "kl_per_dimension")].source = "def kl_per_dimension(mu, logvar):\n    return (mu\n"
    add(notebook, "active_units", "nothing_of_that_name")
    assert points(notebook) == full() | {"kl_per_dimension": 0.0}
    assert "'(' was never closed" in output(notebook, "kl_per_dimension")[0].evalue
    assert "(línea 2: `return (mu`)" in output(notebook, "kl_per_dimension-check")[0].text
    assert "nothing_of_that_name" in output(notebook, f"own-{len(notebook.cells) - 1}")[0].evalue


def test_an_answer_uses_what_stands_above_its_check_and_nothing_from_below(points):
    notebook = rebuilt()
    notebook.cells[
        at(notebook, "active_units")
    ].source = "def active_units(mu, threshold=0.01):\n    return count(mu)\n"
    below = "def count(mu):\n    return int((mu.var(0) > 0.01).sum())"
    notebook.cells.append(new_code_cell(below, id="below"))
    assert points(notebook)["active_units"] == 0.0
    notebook.cells.insert(at(notebook, "active_units"), notebook.cells.pop())
    assert points(notebook)["active_units"] > 0.0


def test_mine_gives_the_students_own_function(points):
    notebook = rebuilt()
    add(
        notebook,
        "active_units-check",
        "again = mine('active_units')\n\ndef active_units(*a, **k):\n    return again(*a, **k)",
    )
    assert points(notebook) == full()


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\n{}", "!pip install torch\n{}", "%%time\n{}", "{}\ntorch.var?", "?torch.var\n{}",
        "%%capture --no-stdout\n%load_ext autoreload\n{}",
    ],
)  # fmt: skip
def test_what_only_ipython_understands_is_no_obstacle(points, source):
    notebook = rebuilt()
    cell = notebook.cells[at(notebook, "active_units")]
    cell.source = source.format(cell.source)
    assert points(notebook) == full()


def test_a_loop_ends_its_exercise_once_and_no_other(points):
    notebook = rebuilt()
    notebook.cells[at(notebook, "kl_per_dimension")].source = (
        "def kl_per_dimension(mu, logvar):\n    while True:\n        try:\n            mu + 1\n"
        "        except BaseException:\n            pass\n"
    )
    assert points(notebook) == full() | {"kl_per_dimension": 0.0}
    told = output(notebook, "kl_per_dimension-check")[0].text
    assert "bucle que no termina" in told and "(línea " in told


def test_a_cell_that_never_ends_is_given_up_and_the_rest_counts(points):
    notebook = rebuilt()
    add(notebook, "beta_schedule", "while True:\n    pass")
    assert points(notebook) == full()
    (error,) = output(notebook, f"own-{len(notebook.cells) - 1}")
    assert "Esta celda se detuvo" in error.evalue and "bucle" in error.evalue


def test_an_answer_whose_cell_never_ends_has_nothing_and_the_reason(points):
    notebook = rebuilt()
    notebook.cells[at(notebook, "beta_schedule")].source += "\nwhile True:\n    pass"
    assert points(notebook) == full() | {"beta_schedule": 0.0}
    assert "Esta celda se detuvo" in output(notebook, "beta_schedule-check")[0].text


def test_after_three_such_cells_no_other_of_the_students_own_is_tried(points):
    notebook = rebuilt()
    for _ in range(5):
        add(notebook, "beta_schedule", "import os\nos._exit(0)")
    assert points(notebook) == full()
    errors = [cell.outputs[0].evalue for cell in notebook.cells if cell.id.startswith("own-")]
    assert len(errors) == 5 and sum("no se ejecutó" in error for error in errors) == 2


def test_the_lessons_reference_cannot_be_imported(points):
    notebook = rebuilt()
    notebook.cells[at(notebook, "active_units")].source = "from vae_course.beta import active_units"
    assert points(notebook) == full() | {"active_units": 0.0}
    assert "vae_course.beta.active_units is the exercise itself" in output(notebook, "active_units")[0].evalue


def test_where_nothing_confines_answers_none_is_executed_unless_trusted(monkeypatch, zygote):
    nowhere = functools.partial(referee.Child, without=("landlock", "seccomp", "user"))
    monkeypatch.setattr(referee, "Child", nowhere)
    with pytest.raises(RuntimeError, match="neither landlock nor seccomp"):
        referee.judge(rebuilt(), zygote, CHECKS)
    scores = referee.judge(rebuilt(), zygote, CHECKS, trust=True)
    assert {score.exercise: score.points for score in scores} == full()


def test_on_other_systems_the_command_says_where(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "vae_course.grading.command", None)  # what it imports is not there either
    with pytest.raises(SystemExit, match="answers are graded on Linux"):
        command_line.grade(LESSON)


# ----------------------------------------------------------------------------------------------------- what is recorded


@pytest.fixture
def course(tmp_path):
    """A course's folder with the lessons, and nobody's submission."""
    (tmp_path / "lessons").symlink_to(ROOT / "lessons")
    return tmp_path


def submit(root, student, change=lambda notebook: None, lang="es"):
    notebook = answered(LESSON, lang)
    change(notebook)
    path = root / "submitted" / student / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def records(root):
    coursedir = CourseDirectory(config=Config({"CourseDirectory": {"root": str(root)}}))
    return Records(coursedir, LESSON, Config())


def by(root):
    return Course(root, CHECKS, "es")


def grade(root, *students):
    """As by_processes, in this one."""
    with records(root) as there:
        found = {student: judging.verdict(there.submitted(student), LESSON, by(root)) for student in students}
        return {student: whole_class.recorded(student, one, there) for student, one in found.items()}


def by_processes(root, *students, workers):
    with records(root) as there:
        return {one.student: one for one in whole_class.graded(students, there, by(root), workers)}


def rows(root, student="ana"):
    """Grade id -> (auto score, manual score, whether it waits for the teacher)."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
        return {one.name: (one.auto_score, one.manual_score, one.needs_manual_grade) for one in notebook.grades}


def test_a_class_is_graded_by_several_processes(course):
    students = [f"student {k}" for k in range(4)]
    for student in students:
        submit(course, student)
    found = by_processes(course, *students, workers=2)
    assert found.keys() == set(students)
    assert {one.verdict.points for one in found.values()} == {POINTS} and not any(one.error for one in found.values())
    assert all(rows(course, student)["beta_schedule-check"][0] == 1.0 for student in students)


def test_an_unreadable_submission_has_0_and_a_row_and_a_reason(course):
    submit(course, "ana").write_bytes(b"PK")
    submit(course, "bea")
    found = grade(course, "ana", "bea")
    assert found["ana"].verdict.unread and found["ana"].verdict.points == 0 and found["bea"].verdict.points == POINTS
    assert {auto for auto, *_ in rows(course).values()} == {0.0}
    text = (course / "autograded" / "ana" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "no se puede leer como cuaderno" in text


def test_a_blank_question_has_0_and_a_comment_in_either_language(course):
    for student, lang in (("ana", "es"), ("bea", "en")):
        submit(course, student, lang=lang, change=leave_blank)
        assert grade(course, student)[student].verdict.waiting == 0
        assert {row[2] for row in rows(course, student).values()} == {False}


def leave_blank(notebook):
    for cell, blank in zip(notebook.cells, released(LESSON, notebook.metadata.vae_course.lang).cells, strict=True):
        if cell.cell_type == "markdown":
            cell.source = blank.source


def by_hand(root, points, name=None):
    """Gives ana points for a cell as formgrader does, for the written question by default; the cell's grade id."""
    name = name or next(name for name, (auto, *_) in rows(root).items() if auto is None)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        row = gradebook.find_grade(name, LESSON, LESSON, "ana")
        row.manual_score, row.needs_manual_grade = points, False
        gradebook.db.commit()
    return name


def test_what_a_teacher_gave_stays_and_is_not_asked_for_again_unless_the_answer_changed(course):
    submit(course, "ana")
    grade(course, "ana")
    before, question = rows(course), by_hand(course, 2.0)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_comment(question, LESSON, LESSON, "ana").manual_comment = "well said"
        gradebook.db.commit()
    grade(course, "ana")
    assert rows(course) == before | {question: (None, 2.0, False)}

    def say_more(notebook):
        notebook.cells[at(notebook, question)].source += "\nAnd more."

    submit(course, "ana", say_more)
    grade(course, "ana")
    assert rows(course)[question] == (None, 2.0, True)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_comment(question, LESSON, LESSON, "ana").comment == "well said"


def told(root):
    """What is told of ana when she is graded: points and what waits in a log's line, as JSON, on the class's page."""
    found = ClassSummary(LESSON)
    found.add(grade(root, "ana")["ana"])
    (one,) = found.as_dict("en")["students"]
    page = class_page.figures(found, "en", names=True)
    assert in_a_line(found.graded[0], "en").startswith(f"{one['score']:g}/{one['max_score']:g}")
    assert (page["average"], page["waiting"] > 0) == (one["score"], one["waiting"] > 0)
    assert (f"{one['waiting']:g} to be given by hand" in found.table("en")) == (one["waiting"] > 0)
    return one["score"], one["waiting"]


def test_what_a_teacher_gave_is_told_of_a_class_too(course):
    submit(course, "ana")
    assert told(course) == (POINTS, 3.0)
    question = by_hand(course, 2.0)
    assert told(course) == (POINTS + 2.0, 0.0)
    by_hand(course, 0.5, "active_units-check")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_grade(question, LESSON, LESSON, "ana").extra_credit = 1.0
        gradebook.db.commit()
        score = gradebook.find_submission(LESSON, "ana").score
    assert told(course) == (score, 0.0)

    def say_more(notebook):
        notebook.cells[at(notebook, question)].source += "\nAnd more."

    submit(course, "ana", say_more)
    assert told(course) == (score - 3.0, 3.0)  # what was given for the old answer is to be looked at again


def test_a_failure_while_recording_leaves_the_student_as_before(course, monkeypatch):
    submit(course, "ana")
    grade(course, "ana")
    before, file = rows(course), course / "autograded" / "ana" / LESSON / f"{LESSON}.ipynb"
    text = file.read_bytes()

    def wrong(notebook):
        notebook.cells[at(notebook, "active_units")].source = "def active_units(mu, threshold=0.01):\n    return 0"

    submit(course, "ana", wrong)
    monkeypatch.setattr(Records, "_written", lambda *_, **__: 1 / 0)
    assert "ZeroDivisionError" in grade(course, "ana")["ana"].error
    assert rows(course) == before and file.read_bytes() == text
    monkeypatch.undo()
    assert grade(course, "ana")["ana"].verdict.points < POINTS and rows(course) != before


def test_a_submission_that_ends_its_judge_each_time_has_0_and_the_others_their_points(course, monkeypatch):
    started = []

    class Judge(whole_class.Judge):
        def __init__(self):
            super().__init__()
            started.append(self)
            send = self.connection.send
            self.connection.send = lambda asked: (send(asked), kill(self, asked[0]))

    def kill(judge, folder):
        if "ana" in folder.parts:
            os.kill(judge.process.pid, signal.SIGKILL)

    monkeypatch.setattr(whole_class, "Judge", Judge)
    for student in ("ana", "bea"):
        submit(course, student)
    found = by_processes(course, "ana", "bea", workers=1)
    assert found["ana"].verdict.points == 0 and "ended abruptly 2 times" in found["ana"].verdict.repairs[0].en
    assert found["bea"].verdict.points == POINTS and len(started) == 3
    assert all(judge.process.poll() is not None for judge in started)


def test_two_graders_at_once_corrupt_nothing(course):
    students = [f"s{k}" for k in range(8)]
    submit(course, "s0")
    found = judging.verdict(course / "submitted" / "s0" / LESSON, LESSON, by(course))

    def record(_):
        with records(course) as there:
            return [whole_class.recorded(student, found, there).error for student in students]

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(record, range(2))) == [[""] * 8] * 2
    for student in students:
        assert sum(auto or 0 for auto, *_ in rows(course, student).values()) == POINTS
        file = course / "autograded" / student / LESSON / f"{LESSON}.ipynb"
        assert json.loads(file.read_bytes())["cells"] and [one.name for one in file.parent.iterdir()] == [file.name]


def test_late_submissions_go_nbgraders_way(course):
    from nbgrader.plugins import LateSubmissionPlugin

    submit(course, "ana").with_name("timestamp.txt").write_text("2026-02-02 00:00:00 UTC", encoding="utf-8")
    with records(course) as there:
        there.gradebook.update_or_create_assignment(LESSON, duedate="2026-02-01")
    config = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})
    coursedir = CourseDirectory(config=Config({"CourseDirectory": {"root": str(course)}}))
    with Records(coursedir, LESSON, config) as there:
        whole_class.recorded("ana", judging.verdict(there.submitted("ana"), LESSON, by(course)), there)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_submission_notebook(LESSON, LESSON, "ana").late_submission_penalty == POINTS
    assert LateSubmissionPlugin.penalty_method.default_value == "none"


def test_a_gradebook_with_other_cells_of_the_lesson_is_refused(course):
    submit(course, "ana")
    grade(course, "ana")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_grade_cell("active_units-check", LESSON, LESSON).name = "of old"
        gradebook.db.commit()
    with pytest.raises(OtherCells, match="other cells"):
        records(course)


def test_what_lies_beside_a_notebook_is_not_copied(course):
    beside = submit(course, "ana").parent
    (beside / "link").symlink_to(Path.home())
    (beside / "torch.py").write_text("raise SystemExit", encoding="utf-8")
    assert grade(course, "ana")["ana"].verdict.points == POINTS
    assert [file.name for file in (course / "autograded" / "ana" / LESSON).iterdir()] == [f"{LESSON}.ipynb"]


def test_what_was_graded_is_due_again_when_it_is_handed_in_again(course):
    time = submit(course, "ana").with_name("timestamp.txt")
    time.write_text("2026-02-02 00:00:00 UTC", encoding="utf-8")
    with records(course) as there:
        assert not there.is_graded("ana")
        assert grade(course, "ana")["ana"].error == "" and there.is_graded("ana")
        time.write_text("2026-02-03 00:00:00 UTC", encoding="utf-8")
        assert not there.is_graded("ana")


@pytest.mark.parametrize("content", [b"yesterday", b"", b"\xff\xfe\x00", b"9" * 400, None])
def test_a_time_that_cannot_be_read_costs_no_mark_and_is_told(course, content):
    for student in ("ana", "bea"):
        submit(course, student)
    time = course / "submitted" / "ana" / LESSON / "timestamp.txt"
    if content is None:
        time.symlink_to(ROOT / "README.md")
    else:
        time.write_bytes(content)
    found = grade(course, "ana", "bea")
    assert {one.error for one in found.values()} == {""} and found["ana"].verdict.points == POINTS
    assert rows(course) == rows(course, "bea") and found["bea"].verdict.remarks == ()
    summary = ClassSummary(LESSON, list(found.values()))
    assert f"entregó: en submitted/ana/{LESSON}/timestamp.txt se espera una fecha y hora como 2027-" in summary.table(
        "es"
    )
    assert f"can't be read: submitted/ana/{LESSON}/timestamp.txt should hold a time such as 2027-" in summary.table(
        "en"
    )
    assert summary.as_dict("en")["students"][0]["remarks"] and "timestamp.txt" in in_a_line(found["ana"], "es")
    assert not (course / "autograded" / "ana" / LESSON / "timestamp.txt").exists()
    with records(course) as there:
        assert not there.is_graded("ana") and there.is_graded("bea")


def test_a_time_that_was_mended_counts(course):
    time = submit(course, "ana").with_name("timestamp.txt")
    time.write_text("yesterday", encoding="utf-8")
    grade(course, "ana")
    time.write_text("2026-02-02 00:00:00 UTC", encoding="utf-8")
    with records(course) as there:
        assert not there.is_graded("ana")
        assert grade(course, "ana")["ana"].verdict.remarks == () and there.is_graded("ana")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_submission(LESSON, "ana").timestamp.isoformat() == "2026-02-02T00:00:00"


def test_a_judge_that_died_before_it_was_asked_is_replaced(course, monkeypatch):
    submit(course, "ana")
    judges = []

    class Judge(whole_class.Judge):
        def __init__(self):
            super().__init__()
            judges.append(self)
            if len(judges) == 1:
                self.process.kill()
                self.process.wait()

    monkeypatch.setattr(whole_class, "Judge", Judge)
    assert by_processes(course, "ana", workers=1)["ana"].verdict.points == POINTS and len(judges) == 2
