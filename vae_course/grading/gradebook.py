"""What nbgrader lacks for this course; nbgrader_config.py puts it in place.

Submissions in Spanish and English share one gradebook, each keeping its language. Each is rebuilt from the notebook
that was released (normalize.py), and feedback begins with what was repaired; what can't be read counts as blank, and
feedback says why. An assignment that the gradebook does not know yet is registered from the committed notebooks.
Feedback speaks the submission's language and keeps the hidden lines hidden.
"""

import glob
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import api, autogradeapp, generatefeedbackapp
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    GetGrades,
    LockCells,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)
from nbgrader.utils import is_grade
from traitlets import Type
from traitlets.config import Config

from ..text import LANGUAGES, Both, default_language, pick
from . import submission
from .normalize import HEAD, normalized

SOURCES = "solutions/{lang}/{name}/{name}.ipynb"
AS_RELEASED = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
ABOUT = Both(es="**Sobre este cuaderno**\n", en="**About this notebook**\n")
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
    # Rebuild does DeduplicateIds' work, which leaves metadata that nbgrader itself refuses
    config.Autograde.sanitize_preprocessors = [ClearOutput, OverwriteKernelspec, Rebuild, CheckCellMetadata]
    config.GenerateFeedback.preprocessors = [HideChecks, GetGrades, CSSHTMLHeaderPreprocessor]
    config.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"vae_course", ("language_info", "name")}


def as_released(root: Path, name: str, lang: str, config: Config) -> NotebookNode:
    """The committed notebook of a lesson as the gradebook knows it: answers cleared, hidden lines in place."""
    notebook = nbformat.read(root / SOURCES.format(lang=lang, name=name), as_version=4)
    for step in AS_RELEASED:
        notebook, _ = step(config=config).preprocess(notebook, {})
    return notebook


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


class SubmissionExporter(NotebookExporter):
    """Reads a submission whatever state its file is in; what there is to say about that goes into the resources."""

    def from_filename(self, filename: str, resources=None, **options):
        converter: Any = self.parent
        name = resources["nbgrader"]["assignment"]
        if not (converter._sanitizing and is_lesson(Path(converter.coursedir.root), name)):
            return super().from_filename(filename, resources=resources, **options)
        try:
            notebook, resources["repairs"] = submission.opened(Path(filename).parent, name)
        except submission.Unreadable as error:
            notebook, resources["unreadable"] = new_notebook(), error.reason
        return self.from_notebook_node(notebook, resources=resources, **options)


class AutogradeBoth(WholeClass, Autograde):
    """Autograding that knows the course's assignments without `generate_assignment`, and takes files as they come."""

    exporter_class = Type(SubmissionExporter, klass=Exporter).tag(config=True)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        self._register(assignment_id)
        super().init_assignment(assignment_id, student_id)

    def _register(self, name: str) -> None:
        root = Path(self.coursedir.root)
        if not is_lesson(root, name):
            return
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                gradebook.find_notebook(name, name)
                return
            except MissingEntry:
                gradebook.update_or_create_assignment(name, course_id=self.coursedir.course_id)
        self.log.info("Registering %s from the committed notebooks", name)
        lesson = as_released(root, name, default_language(), self.config)
        about = {"notebook": name, "assignment": name, "db_url": self.coursedir.db_url}
        SaveCells(config=self.config, parent=self).preprocess(lesson, {"nbgrader": about})


class Rebuild(OverwriteCells):
    """A lesson's submission is rebuilt from the released notebook; a teacher's own gets its locked cells back."""

    def preprocess(self, notebook: NotebookNode, resources):
        name = resources["nbgrader"]["assignment"]
        root = Path(self.parent.coursedir.root) if hasattr(self.parent, "coursedir") else Path.cwd()
        if not is_lesson(root, name):
            release_copies(notebook)
            return super().preprocess(notebook, resources)
        named = submission.language(notebook)
        released = {lang: as_released(root, name, lang, self.config) for lang in ([named] if named else LANGUAGES)}
        lang = named or submission.likest(notebook, released, default_language())
        if "unreadable" in resources:
            rebuilt, repairs = released[lang], [resources["unreadable"]]
        else:
            rebuilt, repairs = normalized(notebook, released[lang])
            repairs = resources["repairs"] + repairs
        if repairs:
            student = resources["nbgrader"]["student"]
            said = " ".join(pick(repair, default_language()) for repair in repairs)
            self.log.warning("%s: %s", student, re.sub(r"[^\w\s\"'.,:;()-]", "?", said))
            rebuilt.cells.insert(0, told(repairs, lang))
        return rebuilt, resources


def told(repairs: list[Both], lang: str) -> NotebookNode:
    """The cell at the head of feedback that says what was repaired; of what a student named nothing is markup."""
    lines = [pick(ABOUT, lang), *(f"- {as_words(pick(repair, lang))}" for repair in repairs)]
    return new_markdown_cell("\n".join(lines), id=HEAD)


def as_words(text: str) -> str:
    """A text of one line in which nothing is Markdown or HTML."""
    return re.sub(r"[^\w\s.,;:()-]", lambda sign: f"&#{ord(sign[0])};", " ".join(text.split())).replace("_", "&#95;")


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
