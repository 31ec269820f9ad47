"""What a verdict leaves behind: rows in nbgrader's gradebook, through its API, and the autograded notebook.

Of one student either all rows change or none. What a teacher has given stays, and what a teacher has looked at need not
be looked at again where neither the answer nor its automatic points changed.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from nbgrader.api import Course, Grade, Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import create_engine, func, make_url, select
from sqlalchemy.pool import NullPool
from traitlets.config import Config

from ..files import replacing_file
from ..text import Both, default_language
from .released import NO_RESPONSE, released
from .verdict import Mark, Verdict

LOCK = ".grading.lock"  # in the course's folder, while somebody writes
ADVISORY_LOCK = 0x7AE_C0FFEE  # PostgreSQL's, of that database, meanwhile
TIMESTAMP = "timestamp.txt"  # nbgrader's, of when a submission was handed in
UNTIMED = Both(
    es="no se puede leer cuándo se entregó: en {file} se espera una fecha y hora como 2027-03-02 08:15 America/Bogota",
    en="when it was handed in can't be read: {file} should hold a time such as 2027-03-02 08:15 Europe/London",
)


class OtherCells(Exception):
    """The gradebook knows a lesson with other cells, and submissions to it."""


class UnreadableTime(Exception):
    """A submission's timestamp.txt holds no time; the message is the file."""


class Records:
    """The gradebook of one lesson, open while a class is graded."""

    def __init__(self, coursedir: CourseDirectory, lesson: str, config: Config, create_students: bool = True):
        self.coursedir, self.lesson, self.config = coursedir, lesson, config
        self.root, self.create_students = Path(coursedir.root), create_students
        shared = make_url(coursedir.db_url).get_backend_name() == "postgresql"
        self._server = create_engine(coursedir.db_url, poolclass=NullPool) if shared else None
        with self._locked():
            self.gradebook = Gradebook(coursedir.db_url, coursedir.course_id)
            self._register()

    def __enter__(self) -> "Records":
        return self

    def __exit__(self, *_) -> None:
        self.gradebook.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone in writing: on this machine, and on all that share a PostgreSQL server."""
        with open(self.root / LOCK, "w") as file, self._locked_server():
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _locked_server(self) -> Iterator[None]:
        """A file's lock does not reach another machine; this one goes with the connection, whatever ends it."""
        if self._server is None:
            yield
            return
        with self._server.connect() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
            yield

    def _register(self) -> None:
        """Has the gradebook know the lesson as it is. Raises OtherCells."""
        course = self.coursedir.course_id
        self.gradebook.db.merge(Course(id=course))  # without a name nbgrader adds none, which only SQLite lets pass
        self.gradebook.update_or_create_assignment(self.lesson, course_id=course)
        lesson = deepcopy(released(self.root, self.lesson, default_language()))
        about = {"notebook": self.lesson, "assignment": self.lesson, "db_url": self.coursedir.db_url}
        try:
            SaveCells(config=self.config).preprocess(lesson, {"nbgrader": about})
        except RuntimeError:
            raise OtherCells(
                f"the gradebook holds submissions to {self.lesson} from when the lesson had other cells: "
                "grade with the course's version of then, or begin another gradebook"
            ) from None

    def autograded(self, student: str) -> Path:
        """The file of a student's autograded notebook."""
        return self._folder(self.coursedir.autograded_directory, student) / f"{self.lesson}.ipynb"

    def submitted(self, student: str) -> Path:
        return self._folder(self.coursedir.submitted_directory, student)

    def _folder(self, step: str, student: str) -> Path:
        return self.root / self.coursedir.format_path(step, student, self.lesson)

    def is_graded(self, student: str) -> bool:
        """Whether what there is of a student was graded, by the time that nbgrader keeps of when it was handed in."""
        file = self.autograded(student)
        try:
            now, then = time_in(self.submitted(student)), time_in(file.parent)
        except UnreadableTime:  # who grades is to read of it
            return False
        return file.is_file() and (now is None or (then is not None and now <= then))

    def record(self, student: str, verdict: Verdict) -> Verdict:
        """-> the verdict with the points that stand then, a teacher's where there are any, and remarks on recording it.

        A submission whose time can't be read is recorded as one without a time.
        """
        with self._locked(), self._one_transaction():
            return self._record(student, verdict)

    @contextmanager
    def _one_transaction(self) -> Iterator[None]:
        """nbgrader's API commits each step that it takes: here none is kept unless all are, by `_commit`."""
        database = self.gradebook.db
        database.commit = database.flush
        try:
            yield
        except BaseException:
            database.rollback()
            raise
        finally:
            del database.commit
            database.remove()  # what was read, so that a large class takes no more memory than a small one

    def _commit(self) -> None:
        self.gradebook.db().commit()

    def _record(self, student: str, verdict: Verdict) -> Verdict:
        graded_before = self._sources(student)
        handed_in, remarks = self._handed_in(student)
        submission = self._submission(student, handed_in)
        notebook = self.gradebook.find_submission_notebook(self.lesson, self.lesson, student)
        marks = dict(verdict.marks)
        for grade in notebook.grades:
            mark = verdict.marks[grade.name]
            grade.needs_manual_grade = waits(grade, mark, graded_before.get(grade.name))
            grade.auto_score = mark.points
            marks[grade.name] = replace(mark, points=standing(grade))
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if verdict.marks[comment.name].blank else None
        self._penalise(submission)
        with self._written(student, verdict.notebook, timed=handed_in is not None):
            self._commit()
        return replace(verdict, marks=marks, remarks=remarks)

    def _handed_in(self, student: str) -> tuple[datetime | None, tuple[Both, ...]]:
        """When a student's submission was handed in, if that is known, and what whoever grades is to know of it."""
        folder = self.submitted(student)
        try:
            return time_in(folder), ()
        except UnreadableTime:
            return None, (UNTIMED.format(file=os.path.relpath(folder / TIMESTAMP, self.root)),)

    def _submission(self, student: str, handed_in: datetime | None) -> SubmittedAssignment:
        if self.create_students:
            self.gradebook.update_or_create_student(student)
        when = {"timestamp": handed_in} if handed_in else {}
        with self.gradebook.db.no_autoflush:  # else SQLAlchemy warns of rows that nbgrader adds a moment later
            return self.gradebook.update_or_create_submission(self.lesson, student, **when)

    def _penalise(self, submission: SubmittedAssignment) -> None:
        """As nbgrader's own step does it, with the plug-in that nbgrader_config.py may name."""
        step = AssignLatePenalties(config=self.config)
        step.init_plugin()
        (notebook,) = submission.notebooks
        notebook.late_submission_penalty = None
        if submission.total_seconds_late > 0:
            self.gradebook.db.flush()
            self.gradebook.db.refresh(notebook)  # its score is the sum of what was set above
            late = step.plugin_inst.late_submission_penalty(
                submission.student.id, notebook.score, submission.total_seconds_late
            )
            notebook.late_submission_penalty = None if late is None else min(max(late, 0.0), notebook.score)

    def _sources(self, student: str) -> dict[str, str]:
        """Grade id -> what stood in a student's cells when they were last graded."""
        try:
            cells = json.loads(self.autograded(student).read_bytes())["cells"]
            ours = [cell for cell in cells if "nbgrader" in cell["metadata"]]
            return {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in ours}
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or a damaged one
            return {}

    @contextmanager
    def _written(self, student: str, notebook: str, timed: bool) -> Iterator[None]:
        """The autograded folder, with nothing in it but the notebook and, if it has one that can be read, its time.

        The notebook is whole before the block and in its place after it: who is killed in between is graded again.
        """
        file = self.autograded(student)
        if file.parent.is_dir():
            for one in file.parent.iterdir():
                if one.is_dir() and not one.is_symlink():
                    shutil.rmtree(one)
                elif one != file:
                    one.unlink()
        with replacing_file(file) as stream:
            stream.write(notebook.encode())
            stream.flush()
            yield
        if timed:
            shutil.copyfile(self.submitted(student) / TIMESTAMP, file.with_name(TIMESTAMP))


def time_in(folder: Path) -> datetime | None:
    """When a submission was handed in, if nbgrader noted it. Raises UnreadableTime, as it may be late."""
    file = folder / TIMESTAMP
    if not os.path.lexists(file):
        return None
    try:
        if file.is_symlink() or not file.is_file():
            raise ValueError("no plain file")
        return parse_utc(file.read_text(encoding="utf-8").strip())
    except (OSError, ValueError, OverflowError):
        raise UnreadableTime(str(file)) from None


def waits(grade: Grade, mark: Mark, graded_before: str | None) -> bool:
    """Whether a teacher is to look: at words without points, or at points by hand for what is not as it was."""
    if grade.manual_score is None:
        return mark.points is None
    same = graded_before == mark.source and grade.auto_score == mark.points
    return grade.needs_manual_grade if same else True


def standing(grade: Grade) -> float | None:
    """The points of a grade as the gradebook counts them; None while a teacher is to look at them."""
    if grade.needs_manual_grade:
        return None
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return (given or 0.0) + (grade.extra_credit or 0.0)
