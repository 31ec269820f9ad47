"""Where the submissions of a class lie, for nbgrader's commands."""

import glob
import re
from pathlib import Path

from nbgrader.converters.base import BaseConverter

from .released import is_lesson


class WholeClass(BaseConverter):
    """Of a lesson, every student's folder counts, whatever it and the file inside are called."""

    def is_lesson(self) -> bool:
        return is_lesson(Path(self.coursedir.root), self.coursedir.assignment_id)

    def init_notebooks(self) -> None:
        if not (self.is_lesson() and self.find()):
            super().init_notebooks()

    def find(self) -> bool:
        """Whether there is any student's folder, whose names may hold brackets."""
        name, root = self.coursedir.assignment_id, self.coursedir.root
        wanted = self._format_source(name, self.coursedir.student_id)
        anywhere = glob.escape(root) + wanted.removeprefix(root) if wanted.startswith(root) else wanted
        folders = [folder for folder in {wanted, *glob.glob(anywhere)} if Path(folder).is_dir()]
        self.assignments = {folder: [str(Path(folder) / f"{name}.ipynb")] for folder in folders}
        return bool(folders)

    def students(self) -> list[str]:
        """Those whose submissions were found; a name that a list in the settings excludes is left out."""
        form = re.compile(self._format_source("(?P<lesson>.*)", "(?P<student>.*)", escape=True))
        found = [match["student"] for folder in self.assignments if (match := form.match(folder))]
        excluded = self.coursedir.student_id_exclude.split(",")
        return sorted(student for student in found if student not in excluded)
