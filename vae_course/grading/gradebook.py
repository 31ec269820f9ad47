"""What nbgrader lacks for this course; nbgrader_config.py puts it in place.

Submissions in Spanish and English share one gradebook, each keeping its language; cells of ours that a student deleted
or changed come back; an assignment that the gradebook does not know yet is registered from the committed notebooks;
feedback speaks the submission's language and keeps the hidden lines hidden.
"""

import re
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import api, autogradeapp, generatefeedbackapp
from nbgrader.converters import Autograde, GenerateFeedback
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
from traitlets.config import Config

from ..text import LANGUAGES, default_language

SOURCES = "solutions/{lang}/{name}/{name}.ipynb"
AS_RELEASED = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
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
    # RestoreCells does DeduplicateIds' work, which leaves metadata that nbgrader itself refuses
    config.Autograde.sanitize_preprocessors = [ClearOutput, OverwriteKernelspec, RestoreCells, CheckCellMetadata]
    config.GenerateFeedback.preprocessors = [HideChecks, GetGrades, CSSHTMLHeaderPreprocessor]
    config.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"vae_course", ("language_info", "name")}


def language(notebook: NotebookNode) -> str:
    """A submission's language: of its metadata, or of its first cells where a service dropped those."""
    lang = notebook.metadata.get("vae_course", {}).get("lang")
    if lang not in LANGUAGES:
        found = re.search(r'^start\("(\w\w)"\)', "\n".join(cell.source for cell in notebook.cells[:3]), re.MULTILINE)
        lang = found[1] if found else None
    return lang if lang in LANGUAGES else default_language()


def as_released(root: Path, name: str, lang: str, config: Config) -> NotebookNode:
    """The committed notebook of a lesson as the gradebook knows it: answers cleared, hidden lines in place."""
    notebook = nbformat.read(root / SOURCES.format(lang=lang, name=name), as_version=4)
    for step in AS_RELEASED:
        notebook, _ = step(config=config).preprocess(notebook, {})
    return notebook


class AutogradeBoth(Autograde):
    """Autograding that knows the course's assignments without `generate_assignment`."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        self._register(assignment_id)
        super().init_assignment(assignment_id, student_id)

    def _register(self, name: str) -> None:
        root = Path(self.coursedir.root)
        if not (root / SOURCES.format(lang=LANGUAGES[0], name=name)).is_file():
            return  # a teacher's own assignment
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


class RestoreCells(OverwriteCells):
    """OverwriteCells in the submission's language; cells of ours that are missing come back where they were."""

    gradebook: Any  # set by OverwriteCells.preprocess

    def preprocess(self, notebook: NotebookNode, resources):
        name = resources["nbgrader"]["assignment"]
        root = Path(self.parent.coursedir.root) if hasattr(self.parent, "coursedir") else Path.cwd()
        self._ours = {}
        release_copies(notebook)
        if (root / SOURCES.format(lang=LANGUAGES[0], name=name)).is_file():
            ours = as_released(root, name, language(notebook), self.config)
            self._ours = {cell.metadata.nbgrader.grade_id: cell for cell in ours.cells if "nbgrader" in cell.metadata}
            restore_missing(notebook, self._ours)
            put_hidden_lines_back(notebook, self._ours, self.config)
        return super().preprocess(notebook, resources)

    def preprocess_cell(self, cell, resources, index):
        gradebook = self.gradebook
        self.gradebook = InLanguage(gradebook, self._ours)
        try:
            return super().preprocess_cell(cell, resources, index)
        finally:
            self.gradebook = gradebook


class InLanguage:
    """A gradebook whose source cells are those of one language."""

    def __init__(self, gradebook: Gradebook, cells: dict[str, NotebookNode]):
        self._gradebook, self._cells = gradebook, cells

    def find_source_cell(self, grade_id: str, notebook: str, assignment: str):
        if grade_id not in self._cells:
            return self._gradebook.find_source_cell(grade_id, notebook, assignment)
        cell = self._cells[grade_id]
        marks = cell.metadata.nbgrader
        return SimpleNamespace(
            name=grade_id, cell_type=cell.cell_type, source=cell.source, locked=marks.locked, checksum=marks.checksum
        )

    def __getattr__(self, name):
        return getattr(self._gradebook, name)


def release_copies(notebook: NotebookNode) -> None:
    """Of cells with one grade id the last counts, as it is the one that ran last; its copies become ordinary cells."""
    seen = set()
    for cell in reversed(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in seen:
            del cell.metadata["nbgrader"]
        elif name is not None:
            seen.add(name)


def restore_missing(notebook: NotebookNode, ours: dict[str, NotebookNode]) -> None:
    """Insert each of our cells that the notebook lacks after the one of ours that comes before it, in place."""

    def grade_id(cell):
        return cell.metadata.get("nbgrader", {}).get("grade_id")

    previous = None
    for name, cell in ours.items():
        there = [grade_id(one) for one in notebook.cells]
        if name not in there:
            where = there.index(previous) + 1 if previous in there else 0
            notebook.cells.insert(where, deepcopy(cell))
        previous = name


def put_hidden_lines_back(notebook: NotebookNode, ours: dict[str, NotebookNode], config: Config) -> None:
    """Checks that are as released get their hidden lines again, so that nbgrader warns of changed ones only."""
    for cell in notebook.cells:
        released = ours.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if released and released.metadata.nbgrader.locked and cell.source == without_hidden(released, config).source:
            cell.source = released.source


def without_hidden(cell: NotebookNode, config: Config) -> NotebookNode:
    """A copy of a cell without its hidden region."""
    return ClearHiddenTests(config=config).preprocess_cell(deepcopy(cell), {}, 0)[0]


class HideChecks(NbGraderPreprocessor):
    """Feedback without the hidden lines; notes the submission's language for the words around it."""

    def preprocess(self, notebook: NotebookNode, resources):
        resources["lang"] = language(notebook)
        for cell in notebook.cells:
            if is_grade(cell) and cell.cell_type == "code":
                cell.source = without_hidden(cell, self.config).source
        return notebook, resources


class FeedbackBoth(GenerateFeedback):
    """Feedback pages in the submission's language."""

    def write_single_notebook(self, output: str, resources) -> None:
        super().write_single_notebook(in_language(output, resources["lang"]), resources)


def in_language(page: str, lang: str) -> str:
    """nbgrader's English feedback page with its own words in `lang`; what student and checks wrote stays."""
    page = page.replace("<html>", f'<html lang="{lang}">', 1)
    if lang == "es":
        for english, spanish in SPANISH:
            page = page.replace(english, spanish)
    return page
