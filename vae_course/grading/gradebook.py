"""What nbgrader lacks for this course; nbgrader_config.py puts it in place.

A lesson's submissions, Spanish and English ones in one gradebook, are rebuilt, judged and recorded by whole_class.py,
without a kernel. What a teacher has made beside the lessons goes nbgrader's own way. Feedback speaks the submission's
language.
"""

import glob
import os
import re
import sys
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.apps import api, autogradeapp, generatefeedbackapp
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    GetGrades,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
)
from nbgrader.utils import is_grade
from traitlets.config import Config

from ..text import default_language
from . import submission
from .checks import IN_REPOSITORY, VARIABLE, salt
from .only_linux import ONLY_LINUX
from .released import is_lesson

if TYPE_CHECKING:
    from .verdict import Course

SPANISH = (  # nbgrader's words on a feedback page, with the markup around them
    ("(Score: ", "(Puntaje: "),
    ("      Score: ", "      Puntaje: "),
    (">Test cell</a>", ">Revisión</a>"),
    (">Written response</a>", ">Respuesta escrita</a>"),
    (">Coding free-response</a>", ">Código</a>"),
    (">Comment</a>", ">Comentario</a>"),
    (">Student's answer</span>", ">Respuesta</span>"),
    (">Grade cell: <code>", ">Revisión: <code>"),
    ("<b>Comments:</b> <p>No response.</p>", "<b>Comentarios:</b> <p>Sin respuesta.</p>"),
    ("<b>Comments:</b>", "<b>Comentarios:</b>"),
    ("Late submission penalty (", "Descuento por entrega tardía ("),
    (">(Top)</a>", ">(Arriba)</a>"),
)


def plug_in(config: Config) -> None:
    """Make nbgrader's commands and formgrader use what follows."""
    for module in (autogradeapp, api):
        module.Autograde = AutogradeBoth
    for module in (generatefeedbackapp, api):
        module.GenerateFeedback = FeedbackBoth
    # KeepLast does DeduplicateIds' work, which leaves metadata that nbgrader itself refuses
    config.Autograde.sanitize_preprocessors = [ClearOutput, OverwriteKernelspec, KeepLast, CheckCellMetadata]
    config.GenerateFeedback.preprocessors = [HideChecks, GetGrades, CSSHTMLHeaderPreprocessor]
    config.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"vae_course", ("language_info", "name")}


def course(coursedir: CourseDirectory, trust: bool = False) -> "Course":
    """What the submissions of a course's folder are judged by; the hidden checks lie where VAE_COURSE_CHECKS says."""
    from .verdict import Course

    root = Path(coursedir.root)
    checks = Path(os.environ.get(VARIABLE) or root / IN_REPOSITORY)
    return Course(root, checks, default_language(), trust, salt(root))


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


class AutogradeBoth(WholeClass, Autograde):
    """Autograding by the referee; a teacher's own assignment is autograded as nbgrader does it, in a kernel."""

    def convert_notebooks(self) -> None:
        if not self.is_lesson():
            return super().convert_notebooks()
        if sys.platform != "linux":
            raise NbGraderException(ONLY_LINUX)
        from .records import Records
        from .summary import in_a_line
        from .whole_class import graded

        failed = []
        with Records(self.coursedir, self.coursedir.assignment_id, self.config, self.create_student) as records:
            students = self.students()
            due = [student for student in students if self.force or not records.is_graded(student)]
            for student in set(students) - set(due):
                self.log.info("Skipping existing assignment: %s", records.autograded(student).parent)
            for one in graded(due, records, course(self.coursedir)):
                if one.verdict is None:
                    failed.append(one.student)
                    self.log.error("%s: %s", one.student, one.error)
                else:
                    self.set_permissions(self.coursedir.assignment_id, one.student)
                    self.log.info("%s: %s", one.student, in_a_line(one.verdict, default_language()))
        if failed:
            raise NbGraderException(f"not graded: {', '.join(failed)}")


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


def without_hidden(cell: NotebookNode, config: Config) -> NotebookNode:
    """A copy of a cell without its hidden region."""
    return ClearHiddenTests(config=config).preprocess_cell(deepcopy(cell), {}, 0)[0]


class HideChecks(NbGraderPreprocessor):
    """Feedback without the hidden lines; notes the submission's language for the words around it."""

    def preprocess(self, notebook: NotebookNode, resources):
        resources["lang"] = submission.language(notebook) or default_language()
        for cell in notebook.cells:
            if is_grade(cell) and cell.cell_type == "code":
                cell.source = without_hidden(cell, self.config).source
        return notebook, resources


class FeedbackBoth(WholeClass, GenerateFeedback):
    """Feedback pages in the submission's language."""

    def init_notebooks(self) -> None:
        super().init_notebooks()
        self.assignments = {folder: files for folder, files in self.assignments.items() if Path(files[0]).is_file()}

    def write_single_notebook(self, output: str, resources) -> None:
        super().write_single_notebook(in_language(output, resources["lang"]), resources)


def in_language(page: str, lang: str) -> str:
    """nbgrader's English feedback page with its own words in `lang`; what student and checks wrote stays."""
    page = page.replace("<html>", f'<html lang="{lang}">', 1)
    if lang == "es":
        for english, spanish in SPANISH:
            page = page.replace(english, spanish)
    return page
