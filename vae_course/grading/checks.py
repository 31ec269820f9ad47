"""Where the hidden checks lie: a setting of whoever grades, a file for each lesson in one folder."""

from collections.abc import Iterable
from pathlib import Path

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
