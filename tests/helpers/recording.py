"""Records in any database; as a program, python -m helpers.recording, it records 0 for a student and dies meanwhile."""

import os
import signal
import sys
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from vae_course.grading.records import Records
from vae_course.grading.verdict import Course, refused
from vae_course.text import Both

LESSON = "07-beta"


def records(root: Path, url: str) -> Records:
    settings = {"root": str(root), "db_url": url}
    return Records(CourseDirectory(config=Config({"CourseDirectory": settings})), LESSON, Config())


def zero(root: Path):
    return refused(Both(es="vacía", en="empty"), LESSON, Course(root, root, "es"))


def die(*_) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    folder, address, student, when = sys.argv[1:]
    commit = Records._commit
    Records._commit = die if when == "before" else lambda self: (commit(self), die())
    with records(Path(folder), address) as there:
        there.record(student, zero(Path(folder)))
