"""Where the hidden checks lie: a setting of whoever grades, a file for each lesson in one folder."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "VAE_COURSE_CHECKS"
SENTENCES = "VAE_COURSE_SENTENCES"  # where the checks find the file of what they and the visible ones say
SALT = "VAE_COURSE_SALT"  # where checks find what makes their inputs others than those of any grading before
SALT_FILE = ".grading.salt"  # in the course's folder
IN_REPOSITORY = Path("tests", "hidden")


class NoChecks(Exception):
    """A folder without the hidden checks; the message says which, and how to name another."""


def checks_file(lesson: str) -> str:
    """The file of a lesson's hidden checks: "04-loss" -> "test_04_loss.py"."""
    return f"test_{lesson.replace('-', '_')}.py"


def checks_files(folder: Path, lessons: Iterable[str]) -> list[Path]:
    """The files of these lessons' hidden checks in a folder. Raises NoChecks."""
    files = [folder / checks_file(lesson) for lesson in lessons]
    for file in files:
        if not file.is_file():
            raise NoChecks(f"no hidden checks at {file}: name their folder with --checks or {VARIABLE}")
    return files


def salt(root: Path) -> str:
    """A course's own secret, from which checks draw their inputs: nobody else knows it, and regrading has the same."""
    file = root / SALT_FILE
    if not file.is_file():
        descriptor, new = tempfile.mkstemp(dir=root)  # that nobody else may read
        with open(descriptor, "w") as stream:
            stream.write(secrets.token_hex(16))
        with contextlib.suppress(FileExistsError):  # another grader was first
            os.link(new, file)
        os.unlink(new)
    return file.read_text()
