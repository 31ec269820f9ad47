"""A submission's file: which one it is, and what is in it whatever wrote it. Nothing here changes a file."""

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from ..confined.contents import plain
from ..exercises import LESSONS, names
from ..text import LANGUAGES, Both

NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
START = re.compile(r"""^start\(["'](\w\w)["']\)""", re.MULTILINE)
MISSING = Both(
    es="No se encontró ningún cuaderno en la carpeta de la entrega. Falta el archivo {name}.ipynb.",
    en="The submission's folder holds no notebook. The file {name}.ipynb is missing.",
)
EMPTY = Both(es="El archivo {file} está vacío.", en="The file {file} is empty.")
NO_NOTEBOOK = Both(
    es="El archivo {file} no se puede leer como cuaderno: está incompleto o es de otro tipo. Se espera {name}.ipynb.",
    en="The file {file} can't be read as a notebook: it is cut short or of another kind. {name}.ipynb is expected.",
)
OTHER_LESSON = Both(
    es="El archivo {file} es de la lección {other}. Falta el de esta, {name}.ipynb.",
    en="The file {file} belongs to lesson {other}. This lesson's, {name}.ipynb, is missing.",
)
RENAMED = Both(
    es="Se corrigió el archivo {file}, que debía llamarse {name}.ipynb.",
    en="The file that was graded is {file}, whose name should have been {name}.ipynb.",
)
SEVERAL = Both(
    es="La entrega tiene varios cuadernos de la lección: se corrigió {file} y no {others}.",
    en="The submission holds several notebooks of the lesson: {file} was graded, not {others}.",
)


class Unreadable(Exception):
    """A submission without a notebook of its lesson; `reason` says why in both languages."""

    def __init__(self, reason: Both):
        super().__init__(reason.en)
        self.reason = reason


def opened(folder: Path, lesson: str) -> tuple[NotebookNode, list[Both]]:
    """The lesson's notebook in a submission's folder: by its name, else by what is in it, the latest of several.

    -> the notebook, as `read` gives it, and what there is to say about its file. Raises Unreadable if there is none.
    """
    there = [path for path in folder.rglob("*") if path.suffix.lower() == ".ipynb" and path.is_file()]
    there = [path for path in there if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    there.sort(key=lambda path: (path != folder / f"{lesson}.ipynb", -path.stat().st_mtime, path.name))
    notebooks, reasons = {}, [MISSING.format(name=lesson)]
    for path in there:
        try:
            notebooks[path] = read(path, lesson)
        except Unreadable as error:
            reasons.append(error.reason)
    if not notebooks:
        raise Unreadable(reasons[:2][-1])
    path, *others = notebooks
    about = {"file": text(path.name), "name": lesson, "others": ", ".join(text(other.name) for other in others)}
    said = [SEVERAL] if others else [RENAMED] if path.name != f"{lesson}.ipynb" else []
    return notebooks[path], [text.format(**about) for text in said]


def read(path: Path, lesson: str) -> NotebookNode:
    """A valid notebook (format 4.5) with the cells' types, sources, nbgrader's marks, ids and pictures of a file.

    Raises Unreadable for what is no notebook, or one of another lesson.
    """
    about = {"file": text(path.name), "name": lesson}
    try:
        content = path.read_bytes()
        if not content.strip():
            raise Unreadable(EMPTY.format(**about))
        notebook = tidy(upgraded(json.loads(content)))  # json sees a BOM, and UTF-16
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, nbformat.ValidationError):
        raise Unreadable(NO_NOTEBOOK.format(**about)) from None
    other = lesson_of(notebook)
    if other not in (None, lesson) and not speaks_of(notebook, lesson):
        raise Unreadable(OTHER_LESSON.format(other=other, **about))
    return notebook


def upgraded(content: dict) -> NotebookNode:
    """What a file of any format holds, in the present one."""
    if not isinstance(content.get("cells", content.get("worksheets")), list):
        raise ValueError("no cells")
    content.setdefault("nbformat", 4 if "cells" in content else 3)
    content.setdefault("nbformat_minor", 0)
    content.setdefault("metadata", {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ids that are missing or come twice
        notebook = nbformat.from_dict(content)
        return notebook if "cells" in content else nbformat.convert(notebook, 4)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """A valid notebook that has of each cell what grading looks at."""
    cells: dict[str, NotebookNode] = {}
    for number, cell in enumerate(cell for cell in notebook.cells if isinstance(cell, dict)):
        made = NEW.get(str(cell.get("cell_type")), new_raw_cell)(source=text(cell.get("source", "")))
        marks = table(cell.get("metadata"))
        noted = table(marks.get("nbgrader"))
        if isinstance(noted.get("grade_id"), str):
            made.metadata["nbgrader"] = noted
        if made.cell_type != "code" and (pasted := pictures(cell.get("attachments"))):
            made.attachments = pasted
        known = [name for name in (cell.get("id"), marks.get("id")) if is_id(name) and name not in cells]
        made.id = known[0] if known else f"cell-{number}"  # Colab keeps it in the metadata
        cells[made.id] = made
    about = table(table(notebook.metadata).get("vae_course"))
    return new_notebook(cells=list(cells.values()), metadata={"vae_course": about} if about else {})


def table(value: Any) -> dict:
    """What should be a dictionary in a file that anything may have written."""
    return value if isinstance(value, dict) else {}


def pictures(attachments: Any) -> dict:
    """A cell's pasted pictures that are whole: name -> type -> base64."""
    named = {name: table(bundle) for name, bundle in table(attachments).items()}
    return {text(name): {kind: text(data) for kind, data in bundle.items()} for name, bundle in named.items() if bundle}


def is_id(name: Any) -> bool:
    """Whether a cell may be called so."""
    return isinstance(name, str) and CELL_ID.fullmatch(name) is not None


def text(source: Any) -> str:
    """A cell's source in one piece, with line ends as Python has them and nothing that can't be written in UTF-8."""
    whole = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return whole.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").decode()


def lesson_of(notebook: NotebookNode) -> str | None:
    """The lesson that a notebook says it is of, if there is such a lesson."""
    name = notebook.metadata.get("vae_course", {}).get("lesson")
    return name if name in LESSONS else None


def speaks_of(notebook: NotebookNode, lesson: str) -> bool:
    """Whether an exercise of the lesson is checked in a notebook."""
    calls = re.findall(
        r"""^check\(["']([\w ]+)["']\)""", "\n".join(cell.source for cell in notebook.cells), re.MULTILINE
    )
    return bool({name for call in calls for name in call.split()} & set(names(lesson)))


def language(notebook: NotebookNode) -> str | None:
    """The language that a notebook's metadata or its first cell names, if they do."""
    lang = notebook.metadata.get("vae_course", {}).get("lang")
    started = (START.search(cell.source) for cell in notebook.cells)
    found = lang if lang in LANGUAGES else next((match[1] for match in started if match), None)
    return found if found in LANGUAGES else None


def likest(submitted: NotebookNode, released: Mapping[str, NotebookNode], default: str) -> str:
    """The language in which most of a notebook's cells stand as they were released; that given where none does."""
    there = {plain(cell.source) for cell in submitted.cells}
    known = {lang: len(there & {plain(cell.source) for cell in one.cells}) for lang, one in released.items()}
    return max(known, key=lambda lang: (known[lang], lang == default))
