"""Where a course's notebooks lie: the lessons' sources, and every student's folder."""

import glob
from pathlib import Path

from nbgrader.converters.base import BaseConverter

from ..text import LANGUAGES

SOURCES = "solutions/{lang}/{name}/{name}.ipynb"


def is_lesson(root: Path, name: str) -> bool:
    """Whether an assignment is one of the course's lessons, and not a teacher's own."""
    return (root / SOURCES.format(lang=LANGUAGES[0], name=name)).is_file()


class WholeClass(BaseConverter):
    """Of a lesson, every student's folder counts, whatever it and the file inside are called."""

    def init_notebooks(self) -> None:
        name, root = self.coursedir.assignment_id, self.coursedir.root
        wanted = self._format_source(name, self.coursedir.student_id)
        anywhere = glob.escape(root) + wanted.removeprefix(root) if wanted.startswith(root) else wanted
        folders = [folder for folder in {wanted, *glob.glob(anywhere)} if Path(folder).is_dir()]
        if not (folders and is_lesson(Path(root), name)):
            return super().init_notebooks()
        self.assignments = {folder: [str(Path(folder) / f"{name}.ipynb")] for folder in folders}
