"""The committed lessons as students were handed them: what submissions are rebuilt from, and the gradebook knows."""

from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..text import LANGUAGES

FILE = "lessons/{lang}/{name}/{name}.ipynb"
NO_RESPONSE = "No response."  # nbgrader's comment on an answer that was left as released


def is_lesson(root: Path, name: str) -> bool:
    """Whether an assignment is one of the course's lessons, and not a teacher's own."""
    return (root / FILE.format(lang=LANGUAGES[0], name=name)).is_file()


@cache
def released(root: Path, name: str, lang: str) -> NotebookNode:
    """A lesson's notebook, to be read only."""
    return nbformat.read(root / FILE.format(lang=lang, name=name), as_version=4)
