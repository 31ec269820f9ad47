"""A class of submissions graded as a teacher's command grades them, and what happened beside it.

`python -m hostile.classroom GROUP [--only NAME ...] [--without LAYER ...]` grades a group of cases under whatever
account runs it and prints JSON. With layers left out the same is done in this process.
"""

import argparse
import contextlib
import functools
import hashlib
import importlib
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from helpers.grading import ROOT
from helpers.submissions import answered, at, is_check
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from vae_course.confined.syscalls import prctl
from vae_course.confined.watch import Limits, children
from vae_course.course import settings
from vae_course.grading import judging, referee
from vae_course.grading.records import Records
from vae_course.grading.verdict import Course
from vae_course.grading.whole_class import graded, recorded

LIMITS = Limits(call=0.5, total=4.0, still=1.0, wall=60.0, memory=2**29, disk=2**26, files=300)
SECRET = "only-for-whoever-grades"
ESCAPED = "nothing held it"  # what an attempt says that got through
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER

CACHE = "torchinductor"  # torch's own folder, made when it is imported

Files = dict[str, bytes | Path]  # name -> content, or where a symbolic link leads


@dataclass(frozen=True)
class Case:
    """One submission, and what is fair.

    make: changes an answered notebook, or gives the files that are handed in. points: by exercise, at least those that
    say something. by: L(andlock), S(eccomp), each of which alone is enough.
    """

    name: str
    make: Callable[[NotebookNode], Files | None]
    points: dict[str, float]
    lesson: str
    lang: str = "es"
    says: str = ""  # in the outputs or repairs
    as_wrong_as: str = ""  # the case that has the same wrong answer, honestly
    by: str = ""


class Cases(dict[str, Case]):
    """Cases by their names, added by decorating what makes them."""

    def add(self, name: str, **about) -> Callable:
        def keep(make: Callable[[NotebookNode], Files | None]) -> Callable:
            assert name not in self
            self[name] = Case(name, make, **about)
            return make

        return keep


def answer(notebook: NotebookNode, exercise: str, source: str) -> None:
    notebook.cells[at(notebook, exercise)].source = source


def above(notebook: NotebookNode, name: str, source: str) -> None:
    """A cell of the student's own above one of the lesson's."""
    notebook.cells.insert(at(notebook, name), nbformat.v4.new_code_cell(source))


@dataclass
class Room:
    """A course's folder with a class's submissions, and beside it what hostile ones are after."""

    root: Path
    cases: list[Case]

    def __post_init__(self):
        self.outside = self.root / "outside"
        self.outside.mkdir(mode=0o777)
        self.outside.chmod(0o777)
        self.temporary = self.root / "tmp"
        self.temporary.mkdir(mode=0o755)
        (self.outside / "secret").write_text(SECRET)
        (self.outside / "secret").chmod(0o666)
        for name in ("lessons", "solutions", "tests", "vae_course", "pyproject.toml", "nbgrader_config.py"):
            (self.root / name).symlink_to(ROOT / name)
        self.tcp, self.abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0hostile-{os.getpid()}")
        self.abstract.listen()
        for case in self.cases:
            self.hand_in(case)
        self.before = self.seen()

    def hand_in(self, case: Case) -> None:
        notebook = answered(case.lesson, case.lang)
        files = case.make(notebook)
        if files is None:
            files = {f"{case.lesson}.ipynb": nbformat.writes(notebook).encode()}
        folder = self.root / "submitted" / case.name / case.lesson
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                (folder / name).symlink_to(content)
            else:
                (folder / name).write_bytes(self.told(content))

    def told(self, content: bytes) -> bytes:
        """With the places of what is there to be tried."""
        places = {
            "@ROOT@": str(self.root), "@OUTSIDE@": str(self.outside), "@REPOSITORY@": str(ROOT),
            "@PORT@": str(self.tcp.getsockname()[1]), "@ABSTRACT@": f"hostile-{os.getpid()}",
        }  # fmt: skip
        for name, place in places.items():
            content = content.replace(name.encode(), place.encode())
        return content

    def seen(self) -> dict[str, tuple]:
        """What nobody but the grader may change: path -> mode, times and content."""
        watched = [self.root / "submitted", self.outside, ROOT / "tests" / "hidden"]
        watched += [ROOT / "vae_course" / room for room in ("grading", "confined")]
        found = {}
        for path in (path for folder in watched for path in [folder, *folder.rglob("*")]):
            if "__pycache__" not in path.parts:
                about, content = path.lstat(), path.read_bytes() if path.is_file() else b""
                found[str(path)] = (about.st_mode, about.st_uid, hashlib.sha256(content).hexdigest())
                if not path.is_dir():
                    found[str(path)] += (about.st_mtime_ns, about.st_nlink)
        return found

    def harm(self) -> list[str]:
        """What has changed, been left behind, or been spoken to."""
        now = self.seen()
        found = [
            f"changed: {path}" for path in now.keys() | self.before.keys() if now.get(path) != self.before.get(path)
        ]
        found += [f"left: {path}" for path in self.temporary.iterdir() if not path.name.startswith(CACHE)]
        known = {"outside", "tmp", "lessons", "solutions", "tests", "vae_course", "pyproject.toml", "submitted"}
        known |= {"nbgrader_config.py", "gradebook.db", "autograded", ".grading.lock"}
        found += [f"new: {path}" for path in self.root.iterdir() if path.name not in known]
        for one in (self.tcp, self.abstract):
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.accept()
                found.append(f"somebody spoke to {one.getsockname()}")
        deadline = time.monotonic() + 20
        while (left := children(os.getpid())) and time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            time.sleep(0.05)
        return found + [f"lives: {pid}" for pid in left]

    def graded(self, without: tuple[str, ...]) -> dict[str, dict]:
        """Student -> what was found of them."""
        found = {}
        for lesson in sorted({case.lesson for case in self.cases}):
            students = [case.name for case in self.cases if case.lesson == lesson]
            config = settings.nbgrader("es")
            config.CourseDirectory.root = str(self.root)
            course = Course(self.root, self.root / "tests" / "hidden", "es", salt="a class", limits=LIMITS)
            with Records(CourseDirectory(config=config), lesson, config) as records:
                grade = functools.partial(here, without=without) if without else functools.partial(graded, workers=2)
                for one in grade(students, records, course):
                    found[one.student] = told(one)
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as book:
            for case in self.cases:
                found[case.name]["recorded"] = book.find_submission(case.lesson, case.name).score
        return found


def here(students: list[str], records: Records, course: Course, without: tuple[str, ...]) -> Iterator:
    """As whole_class.graded, in this process, whose sandbox lacks some layers."""
    child = referee.Child
    referee.Child = functools.partial(child, without=without)
    try:
        for student in students:
            verdict = judging.verdict(records.submitted(student), records.lesson, course)
            yield recorded(student, verdict, records)
    finally:
        referee.Child = child
        judging.KEPT.close()


def told(one) -> dict:
    """What JSON says of a student."""
    if one.verdict is None:
        return {"error": one.error}
    notebook = nbformat.reads(one.verdict.notebook, as_version=4)
    outputs = [json.dumps(cell.outputs, ensure_ascii=False) for cell in notebook.cells if cell.cell_type == "code"]
    return {
        "error": "", "points": {score.exercise: score.points for score in one.verdict.scores},
        "all": one.verdict.points, "waiting": one.verdict.waiting, "unread": one.verdict.unread,
        "outputs": "\n".join(outputs), "repairs": [repair.en for repair in one.verdict.repairs],
        "checks": [cell.source for cell in notebook.cells if is_check(cell)],
        "layers": one.verdict.layers and vars(one.verdict.layers),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("group")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--without", nargs="*", default=())
    asked = parser.parse_args()
    cases = importlib.import_module(f"hostile.{asked.group}").CASES
    prctl(ADOPT_ORPHANS, 1)
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        folder.chmod(0o755)
        room = Room(folder, [case for case in cases.values() if not asked.only or case.name in asked.only])
        os.environ["TMPDIR"] = str(room.temporary)
        tempfile.tempdir = None
        found = room.graded(tuple(asked.without))
        print(json.dumps({"cases": found, "harm": room.harm()}))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
