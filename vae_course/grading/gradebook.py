"""What nbgrader lacks for this course; nbgrader_config.py puts it in place.

A lesson's submissions, Spanish and English ones in one gradebook, are rebuilt, judged and recorded by whole_class.py,
without a kernel; feedback.py writes what students read. What a teacher has made beside the lessons goes nbgrader's way.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode
from nbgrader.apps import api, autogradeapp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    OverwriteCells,
    OverwriteKernelspec,
)
from traitlets.config import Config

from ..text import default_language
from . import feedback, formgrader, grades
from .checks import IN_REPOSITORY, VARIABLE, salt
from .folders import WholeClass
from .only_linux import ONLY_LINUX

if TYPE_CHECKING:
    from .records import Records
    from .verdict import Course


def plug_in(config: Config) -> None:
    """Make nbgrader's commands and formgrader use what follows."""
    for module in (autogradeapp, api):
        module.Autograde = AutogradeBoth
    # KeepLast does DeduplicateIds' work, which leaves metadata that nbgrader itself refuses
    config.Autograde.sanitize_preprocessors = [ClearOutput, OverwriteKernelspec, KeepLast, CheckCellMetadata]
    feedback.plug_in(config)
    formgrader.plug_in(config)
    grades.plug_in(config)
    config.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"vae_course", ("language_info", "name")}


def course(coursedir: CourseDirectory, trust: bool = False) -> "Course":
    """What the submissions of a course's folder are judged by; the hidden checks lie where VAE_COURSE_CHECKS says."""
    from .verdict import Course

    root = Path(coursedir.root)
    checks = Path(os.environ.get(VARIABLE) or root / IN_REPOSITORY)
    return Course(root, checks, default_language(), trust, salt(root))


class AutogradeBoth(WholeClass, Autograde):
    """Autograding by the referee; a teacher's own assignment is autograded as nbgrader does it, in a kernel."""

    def convert_notebooks(self) -> None:
        if not self.is_lesson():
            return super().convert_notebooks()
        if sys.platform != "linux":
            raise self.told(ONLY_LINUX)
        from .records import OtherCells, Records

        try:
            with Records(self.coursedir, self.coursedir.assignment_id, self.config, self.create_student) as records:
                failed = list(self.failed(records))
        except OtherCells as error:
            raise self.told(str(error)) from None
        if failed:
            raise self.told(f"not graded: {', '.join(failed)}")

    def told(self, why: str) -> NbGraderException:
        """What ends the command, which says no word of it itself."""
        self.log.error(why)
        return NbGraderException(why)

    def failed(self, records: "Records") -> Iterator[str]:
        """Grades those who are due; the students who could not be graded."""
        from .summary import in_a_line
        from .whole_class import graded

        students = self.students()
        due = [student for student in students if self.force or not records.is_graded(student)]
        for student in sorted(set(students) - set(due)):
            self.log.info("Skipping existing assignment: %s", records.autograded(student).parent)
        for one in graded(due, records, course(self.coursedir)):
            if one.verdict is None:
                self.log.error("%s: %s", one.student, one.error)
                yield one.student
            else:
                self.set_permissions(self.coursedir.assignment_id, one.student)
                self.log.info("%s: %s", one.student, in_a_line(one, default_language()))


class KeepLast(OverwriteCells):
    """Of a teacher's own assignment: of cells with one grade id the last counts; locked cells are the original ones."""

    def preprocess(self, notebook: NotebookNode, resources):
        release_copies(notebook)
        return super().preprocess(notebook, resources)


def release_copies(notebook: NotebookNode) -> None:
    """Of cells with one grade id the last counts, as it is the one that ran last; its copies become ordinary cells."""
    seen = set()
    for cell in reversed(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in seen:
            del cell.metadata["nbgrader"]
        elif name is not None:
            seen.add(name)
