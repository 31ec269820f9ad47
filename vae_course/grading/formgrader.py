"""nbgrader's formgrader shows a submission to the teacher, whose session it runs in: what it shows can do nothing.

Its pages are nbgrader's own; by its settings the filters that turn a submission's texts into HTML are exchanged.
"""

from html import escape

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from traitlets.config import Config

from ..text import default_language
from .harmless import Harmless


def plug_in(config: Config) -> None:
    """Make formgrader show texts without what acts, and their formulas without a network."""
    config.HTMLExporter.filters = {"markdown2html": markdown, "highlight_code": code}
    config.HTMLExporter.preprocessors = [RawIsText]


@pass_context
def markdown(context: Context, source: str) -> str:
    """A text cell's HTML."""
    return str(Harmless(default_language()).markdown(source, context.get("cell", {}).get("attachments")))


def code(source: str, **_) -> str:
    """A code cell's HTML, whatever it says of its language."""
    return str(Harmless(default_language()).code(source))


class RawIsText(Preprocessor):
    """Raw cells, which nbconvert takes for HTML, are shown as they are typed."""

    def preprocess_cell(self, cell: NotebookNode, resources, index: int):
        if cell.cell_type == "raw":
            cell = new_markdown_cell(f"<pre>{escape(cell.source)}</pre>", id=cell.get("id", f"raw-{index}"))
        return cell, resources
