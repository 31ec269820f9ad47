"""A lesson as the notebooks of nbgrader: the teacher's in one language, and the student's made from it."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from ..exercises import EXERCISES, OPTIONAL
from ..predictions import PREDICTIONS
from ..text import Both, pick
from . import links, settings
from .language import MarkError, formatted, in_language
from .source import PREDICT, Code, Lesson, LessonError, Text

START = """\
# @title {title}
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

here = Path.cwd()
sys.path[:0] = [str(folder) for folder in (here, *here.parents) if (folder / "vae_course" / "notebook").is_dir()]
if find_spec("vae_course") is None:
    repository = "git+{repository}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", repository], check=True)
from vae_course.notebook import check, mine, pictures, predict, reveal, show, start

start("{lang}")
"""
TITLE = Both(es="Preparar el cuaderno", en="Get the notebook ready")
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # in JupyterLab and Notebook; on Colab
CHECK = 'check("{names}")'
TRY = """\
from vae_course.notebook import check

check("{name}")
"""  # of an optional exercise: nbgrader knows nothing of it
# what generate_assignment runs, but for saving into the gradebook
RELEASE = (
    LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums,
    ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata,
)  # fmt: skip
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def teachers(lesson: Lesson, lang: str, root: Path) -> nbformat.NotebookNode:
    """nbgrader's source notebook: answers and rubrics included. root: the course's folder."""
    cells = []
    for cell in _in_language(lesson, lang, root):
        cells += _text_cells(cell, lang) if isinstance(cell, Text) else _code_cells(cell)
    _badge_below_title(cells, links.badge(settings.repository(root), lesson.name, lang))
    cells.insert(1, _start(lang, root))
    about = {"vae_course": {"lesson": lesson.name, "lang": lang}}
    return new_notebook(cells=cells, metadata=deepcopy(KERNEL) | about)


def students(notebook: nbformat.NotebookNode, lang: str) -> nbformat.NotebookNode:
    """nbgrader's release of a teacher's notebook, through nbgrader's own preprocessors."""
    config, released = settings.nbgrader(lang), deepcopy(notebook)
    for step in RELEASE:
        released, _ = step(config=config).preprocess(released, {})
    return released


def as_text(notebook: nbformat.NotebookNode) -> str:
    """What the file holds, the same bytes each time."""
    return nbformat.writes(notebook, version=4) + "\n"


def _in_language(lesson: Lesson, lang: str, root: Path) -> list[Text | Code]:
    """The lesson's cells, the code in one language. Raises LessonError."""
    code = [cell for cell in lesson.cells if isinstance(cell, Code)]
    try:
        sources = dict(zip(code, formatted([_source(cell, lang) for cell in code], root), strict=True))
    except MarkError as error:
        raise LessonError(f"{lesson.name}: {error}") from None
    return [replace(cell, source=sources[cell]) if isinstance(cell, Code) else cell for cell in lesson.cells]


def _source(cell: Code, lang: str) -> str:
    """A cell's code in one language; a prediction's line says what is asked. Raises MarkError."""
    if cell.tag != "predict":
        return in_language(cell.source, lang)
    return PREDICT.sub(lambda line: f"{line[0]}  # {pick(PREDICTIONS[line[1]].prompt(), lang)}", cell.source)


def _start(lang: str, root: Path):
    """The cell that finds the course or installs it: after the title, folded."""
    source = START.format(title=pick(TITLE, lang), lang=lang, repository=settings.repository(root))
    return _code("start", source, "start", folded=True, locked=True)


def _badge_below_title(cells: list, badge: str) -> None:
    """Puts the badge after the first line of the first text, if there is one."""
    title = next((cell for cell in cells if cell.cell_type == "markdown"), None)
    if title is not None and badge:
        first, _, rest = title.source.partition("\n")
        title.source = f"{first}\n\n{badge}\n{rest}".rstrip("\n")


def _text_cells(cell: Text, lang: str) -> list:
    made = new_markdown_cell(pick(cell.source, lang), id=cell.name)
    if cell.points:
        made.metadata["nbgrader"] = _nbgrader(cell.name, grade=True, solution=True, points=cell.points)
    return [made]


def _code_cells(cell: Code) -> list:
    if not cell.exercises:
        return [_code(cell.name, cell.source, cell.tag, folded=cell.folded)]
    answer = _code(cell.name, cell.source, cell.tag, solution=True)
    if cell.name in OPTIONAL:
        return [answer, _code(f"{cell.name}-try", TRY.format(name=cell.name), "check")]
    points = sum(EXERCISES[name].points for name in cell.exercises)
    check = CHECK.format(names=" ".join(cell.exercises))
    return [answer, _code(f"{cell.name}-check", check, "check", locked=True, grade=True, points=points)]


def _code(name: str, source: str, tag: str, *, folded: bool = False, **marks):
    made = new_code_cell(source.strip("\n"), id=name.replace("_", "-"), metadata={"tags": [tag]})
    if folded:
        made.metadata.update(deepcopy(FOLDED))
    if marks:
        made.metadata["nbgrader"] = _nbgrader(name, **marks)
    return made


def _nbgrader(name: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0) -> dict:
    marks = {"grade": grade, "solution": solution, "locked": locked, "task": False, "grade_id": name}
    return marks | {"schema_version": 3} | ({"points": points} if grade else {})
