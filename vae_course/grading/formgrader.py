"""What nbgrader's formgrader shows: a submission that can do nothing, and below each written answer its rubric.

The page runs in the teacher's session. It is nbgrader's own; by its settings the filters that turn a submission's texts
into HTML are exchanged.
"""

import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from ..text import LANGUAGES, Both, default_language, pick
from .harmless import Harmless

SOLUTION = "solutions/{lang}/{name}/{name}.ipynb"
REGION = re.compile("### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
FOLDED = '<details><summary style="display: list-item; cursor: pointer">{about}</summary>{rubric}</details>'
RUBRIC = Both(es="Respuesta modelo y pauta", en="Model answer and rubric")


def plug_in(config: Config) -> None:
    """Make formgrader show this; CourseDirectory.root is known by then."""
    config.HTMLExporter.filters = {"markdown2html": markdown(Path(config.CourseDirectory.root)), "highlight_code": code}
    config.HTMLExporter.preprocessors = [RawIsText]


def markdown(root: Path) -> Callable[[Context, str], str]:
    """Of a course's folder, what makes HTML of a text cell."""

    @pass_context
    def of(context: Context, source: str) -> str:
        cell, notebook = context.get("cell", NotebookNode()), context.get("nb", NotebookNode())
        lang = notebook.get("metadata", {}).get("vae_course", {}).get("lang", default_language())
        shown = Harmless(lang if lang in LANGUAGES else default_language())
        text = str(shown.markdown(source, cell.get("attachments")))
        if cell and is_grade(cell) and is_solution(cell):
            name = context.get("resources", {}).get("notebook_id", "")
            if rubric := rubrics(root, name, shown.lang).get(cell.metadata.nbgrader.grade_id):
                text += FOLDED.format(about=escape(pick(RUBRIC, shown.lang)), rubric=shown.markdown(rubric))
        return text

    return of


@cache
def rubrics(root: Path, name: str, lang: str) -> dict[str, str]:
    """A lesson's questions by their grade ids, and what the teacher's notebook answers; none where there is none."""
    file = root / SOLUTION.format(lang=lang, name=name)
    if not file.is_file():
        return {}
    cells = [cell for cell in nbformat.read(file, as_version=4).cells if "nbgrader" in cell.metadata]
    texts = [cell for cell in cells if cell.cell_type == "markdown" and REGION.search(cell.source)]
    return {cell.metadata.nbgrader.grade_id: "\n".join(REGION.findall(cell.source)) for cell in texts}


def code(source: str, **_) -> str:
    """A code cell's HTML, whatever it says of its language."""
    return str(Harmless(default_language()).code(source))


class RawIsText(Preprocessor):
    """Raw cells, which nbconvert takes for HTML, are shown as they are typed."""

    def preprocess_cell(self, cell: NotebookNode, resources, index: int):
        if cell.cell_type == "raw":
            cell = new_markdown_cell(f"<pre>{escape(cell.source)}</pre>", id=cell.get("id", f"raw-{index}"))
        return cell, resources
