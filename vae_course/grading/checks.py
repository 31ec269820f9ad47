"""Where the hidden checks lie: a setting of whoever grades, a file for each lesson in one folder."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..exercises import LESSONS

VARIABLE = "VAE_COURSE_CHECKS"
SENTENCES = "VAE_COURSE_SENTENCES"  # where the checks find the file of what they and the visible ones say
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


def folder_for_notebooks() -> Path:
    """What VAE_COURSE_CHECKS names (nbgrader_config.py sets it), else the repository's that the working folder is in.

    Raises NoChecks.
    """
    if given := os.environ.get(VARIABLE):
        return Path(given)
    for above in (Path.cwd(), *Path.cwd().parents):
        if (above / IN_REPOSITORY / checks_file(LESSONS[0])).is_file():
            return above / IN_REPOSITORY
    raise NoChecks(f"no hidden checks above {Path.cwd()}: name their folder with {VARIABLE}")
