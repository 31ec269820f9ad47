"""What nbgrader lacks for this course; nbgrader_config.py puts it in place.

Submissions in Spanish and English share one gradebook, each keeping its language. Each is rebuilt from the notebook
that was released (normalize.py), and feedback (feedback.py) begins with what was repaired; what can't be read counts as
blank, and feedback says why. An assignment that the gradebook does not know yet is registered from the committed
notebooks.
"""

import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import api, autogradeapp
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)
from traitlets import Type
from traitlets.config import Config

from ..text import LANGUAGES, Both, default_language, pick
from . import feedback, submission
from .folders import SOURCES, WholeClass, is_lesson
from .normalize import HEAD, normalized

AS_RELEASED = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
ABOUT = Both(es="**Sobre este cuaderno**\n", en="**About this notebook**\n")


def plug_in(config: Config) -> None:
    """Make nbgrader's commands and formgrader use what follows."""
    for module in (autogradeapp, api):
        module.Autograde = AutogradeBoth
    # Rebuild does DeduplicateIds' work, which leaves metadata that nbgrader itself refuses
    config.Autograde.sanitize_preprocessors = [ClearOutput, OverwriteKernelspec, Rebuild, CheckCellMetadata]
    feedback.plug_in(config)
    config.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"vae_course", ("language_info", "name")}


def as_released(root: Path, name: str, lang: str, config: Config) -> NotebookNode:
    """The committed notebook of a lesson as the gradebook knows it: answers cleared, hidden lines in place."""
    notebook = nbformat.read(root / SOURCES.format(lang=lang, name=name), as_version=4)
    for step in AS_RELEASED:
        notebook, _ = step(config=config).preprocess(notebook, {})
    return notebook


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
