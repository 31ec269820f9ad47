"""Notebooks as HTML files that open without a network and print well: formulas, font, style and pictures are inside."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor

from ..exercises import LESSONS
from ..files import replacing
from ..pages.markdown import to_html
from ..pages.style import css
from ..text import LANGUAGES, Both, default_language, pick

TEMPLATE = Path(__file__).with_name("page.html.j2")
PATIENCE = 600  # seconds for one cell
FIGURE = Both(es="Figura {number}", en="Figure {number}")


class PageError(Exception):
    """A page that can't be written; the message says why."""


def lessons(root: Path) -> list[Path]:
    """The students' notebooks in the course's folder, in both languages."""
    paths = [root / "lessons" / lang / name / f"{name}.ipynb" for lang in LANGUAGES for name in LESSONS]
    return [path for path in paths if path.is_file()]


def write(out: Path, notebooks: list[Path], root: Path, run: bool = False) -> Iterator[Path]:
    """Pages of notebooks, OUT/<language>/<name>.html, one by one as they are written.

    run: execute each first, in a copy; a cell that stops shows its error and the rest goes on. Raises PageError.
    """
    read = {path: _read(path) for path in notebooks}
    pages = {path: out / language(notebook) / f"{path.stem}.html" for path, notebook in read.items()}
    if len(set(pages.values())) < len(pages):
        raise PageError("two notebooks of one name and language would be one page; give each call its own folder")
    for path, notebook in read.items():
        if run:
            executed(notebook, path, root)
        with replacing(pages[path]) as temporary:
            temporary.write_text(html(notebook, path.stem), encoding="utf-8")
        yield pages[path]


def html(notebook: nbformat.NotebookNode, name: str) -> str:
    """The page of a notebook as it is, with its outputs if it has some."""
    lang = language(notebook)
    exporter = HTMLExporter(template_file=str(TEMPLATE))
    exporter.register_filter("markdown2html", to_html)
    exporter.register_preprocessor(CoalesceStreamsPreprocessor, enabled=True)
    about = {"lang": lang, "title": title(notebook, name), "figure": pick(FIGURE, lang), "style": css()}
    page, _ = exporter.from_notebook_node(notebook, resources={"page": about})
    return page


def language(notebook: nbformat.NotebookNode) -> str:
    """What a notebook is written in, as its metadata say."""
    lang = notebook.metadata.get("vae_course", {}).get("lang")
    return lang if lang in LANGUAGES else default_language()


def title(notebook: nbformat.NotebookNode, name: str) -> str:
    """Its first heading, else its file's name."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    headings = (re.search(r"^# (.+)", text, re.MULTILINE) for text in texts)
    return next((found[1] for found in headings if found), name)


def executed(notebook: nbformat.NotebookNode, path: Path, root: Path) -> None:
    """Run a notebook, as it would run where it lies, without leaving anything there."""
    with tempfile.TemporaryDirectory() as folder:
        for name in LESSONS:  # lesson 09 looks for the others beside it
            beside = path.resolve().parents[1] / name / f"{name}.ipynb"
            if beside.is_file():
                (Path(folder) / name).mkdir()
                shutil.copy(beside, Path(folder) / name)
        here = Path(folder) / path.stem
        here.mkdir(exist_ok=True)
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))}
        client = nbclient.NotebookClient(
            notebook, timeout=PATIENCE, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": here}}
        )
        client.execute(env=env)


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise PageError(f"{path} could not be read as a notebook: {error}") from None
