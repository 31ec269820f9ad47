"""nbgrader's feedback, as a page of our own: `nbgrader generate_feedback`, and the button of the formgrader.

What is on the page is feedback_page.py's; here it is told what the gradebook says. Hidden lines stay hidden.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Grade as Entry
from nbgrader.apps import api, generatefeedbackapp
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Type
from traitlets.config import Config

from ..text import default_language
from . import submission
from .feedback_page import Grade, Marks, page
from .folders import WholeClass
from .released import NO_RESPONSE, is_lesson, released


def plug_in(config: Config) -> None:
    """Make nbgrader's command and formgrader write these pages."""
    for module in (generatefeedbackapp, api):
        module.GenerateFeedback = FeedbackBoth
    config.GenerateFeedback.preprocessors = [HideChecks, FindMarks]


class HideChecks(NbGraderPreprocessor):
    """Takes the hidden lines away, and of an error among them the lines that it shows."""

    def preprocess_cell(self, cell: NotebookNode, resources, cell_index: int):
        if is_grade(cell) and cell.cell_type == "code":
            before = cell.source
            cell, _ = ClearHiddenTests(config=self.config).preprocess_cell(cell, resources, cell_index)
            for output in cell.outputs:
                if output.output_type == "error" and cell.source != before:
                    output.traceback = []
        return cell, resources


class FindMarks(GetGrades):
    """Notes in the resources what the gradebook says of a notebook, as Marks."""

    def preprocess(self, notebook: NotebookNode, resources):
        self.marks = resources["marks"] = Marks()
        notebook, resources = super().preprocess(notebook, resources)
        about = resources["nbgrader"]
        self.marks.points, self.marks.most = about["score"], about["max_score"]
        self.marks.penalty = about["late_penalty"]
        return notebook, resources

    def _get_score(self, cell: NotebookNode, resources) -> None:
        name, entry = self._entry(cell, self.gradebook.find_grade)
        self.marks.grades[name] = Grade(entry.score, entry.max_score, state(entry))

    def _get_comment(self, cell: NotebookNode, resources) -> None:
        name, entry = self._entry(cell, self.gradebook.find_comment)
        self.marks.comments[name] = entry.manual_comment or ""
        if entry.auto_comment == NO_RESPONSE:
            self.marks.blank.add(name)

    def _entry(self, cell: NotebookNode, find) -> tuple[str, Any]:
        name = cell.metadata.nbgrader.grade_id
        return name, find(name, self.notebook_id, self.assignment_id, self.student_id)


def state(entry: Entry) -> str:
    """Whether a grade was given, waits, or was given before the notebook was graded again."""
    if not entry.needs_manual_grade:
        return "given"
    return "waits" if entry.manual_score is None else "again"


class FeedbackExporter(Exporter):
    """A graded notebook as its student's page."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: NotebookNode, resources=None, **options):
        notebook, resources = super().from_notebook_node(nb, resources, **options)
        lang = submission.language(notebook) or default_language()
        about = {key: resources["nbgrader"][key] for key in ("assignment", "student")}
        converter: Any = self.parent
        root = Path(converter.coursedir.root)
        return page(notebook, resources["marks"], lang, about, as_written(root, about["assignment"], lang)), resources


def as_written(root: Path, name: str, lang: str) -> dict[str, str] | None:
    """The text of each cell of a lesson as it was released, by its id; None for a teacher's own assignment."""
    return {cell.id: cell.source for cell in released(root, name, lang).cells} if is_lesson(root, name) else None


class FeedbackBoth(WholeClass, GenerateFeedback):
    """Feedback pages in the submission's language."""

    exporter_class = Type(FeedbackExporter, klass=Exporter).tag(config=True)

    def init_notebooks(self) -> None:
        super().init_notebooks()
        self.assignments = {folder: files for folder, files in self.assignments.items() if Path(files[0]).is_file()}
