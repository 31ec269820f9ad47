"""Writing the notebooks, and proving that what is committed is what would be written."""

from pathlib import Path

import nbformat

from ..text import LANGUAGES
from .language import in_language
from .notebooks import as_text, students, teachers
from .source import REGION, LessonError, read, sources


def files(root: Path, lessons: list[str] | None = None) -> dict[Path, str]:
    """Every notebook of the lessons (all that have a source) in the course's folder, and what it holds.

    Raises LessonError.
    """
    made = {}
    for name in lessons or sources(root):
        lesson = read(name, root)
        for lang in LANGUAGES:
            notebook = teachers(lesson, lang, root)
            made[root / "solutions" / lang / name / f"{name}.ipynb"] = as_text(notebook)
            made[root / "lessons" / lang / name / f"{name}.ipynb"] = as_text(students(notebook, lang))
    return made


def build(root: Path, lessons: list[str] | None = None) -> list[Path]:
    """Write the notebooks. Returns those that changed."""
    changed = []
    for path, content in files(root, lessons).items():
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return changed


def check(root: Path) -> list[str]:
    """What is wrong with the committed notebooks, a sentence each; empty when all is well."""
    try:
        wanted = files(root)
    except LessonError as error:
        return [str(error)]
    there = {path for kind in ("solutions", "lessons") for path in (root / kind).rglob("*.ipynb")}
    there = {path for path in there if not path.parent.name.startswith(".")}
    wrong = [f"{path.relative_to(root)}: no source makes it" for path in sorted(there - set(wanted))]
    for path, content in wanted.items():
        if not path.is_file():
            wrong.append(f"{path.relative_to(root)}: missing; run: python -m vae_course course build")
        elif path.read_text(encoding="utf-8") != content:
            wrong.append(f"{path.relative_to(root)}: not what its source makes; run: python -m vae_course course build")
    for name in sources(root):
        wrong += _alike(name, root, wanted) + leaks(name, root, wanted)
    return wrong


def _alike(name: str, root: Path, made: dict[Path, str]) -> list[str]:
    """Both languages have the same cells, grade ids and points; no grade id comes twice."""
    wrong = []
    for kind in ("solutions", "lessons"):
        marks = [_marks(made[root / kind / lang / name / f"{name}.ipynb"]) for lang in LANGUAGES]
        if marks[0] != marks[1]:
            wrong.append(f"{kind}, {name}: the two languages have different cells")
        ids = [mark[2] for mark in marks[0] if mark[2]]
        wrong += [f"{kind}, {name}: grade id {one} comes twice" for one in sorted({i for i in ids if ids.count(i) > 1})]
    return wrong


def _marks(content: str) -> list[tuple]:
    """Of each cell: type, id, grade id, points."""
    cells = nbformat.reads(content, as_version=4).cells
    marks = [(cell, cell.metadata.get("nbgrader", {})) for cell in cells]
    return [(cell.cell_type, cell.id, mark.get("grade_id"), mark.get("points")) for cell, mark in marks]


def leaks(name: str, root: Path, made: dict[Path, str]) -> list[str]:
    """Nothing of an answer, a hidden line or a rubric is in what students get."""
    lesson, wrong = read(name, root), []
    for lang in LANGUAGES:
        path = root / "lessons" / lang / name / f"{name}.ipynb"
        cells = {cell.id: cell.source for cell in nbformat.reads(made[path], as_version=4).cells}
        text = "\n".join(cells.values())
        hidden = [region for cell in lesson.cells for source in _in(cell, lang) for region in REGION.findall(source)]
        signs = [mark for mark in ("BEGIN SOLUTION", "HIDDEN TESTS", "vae_course.grading") if mark in text]
        signs += [region.strip().splitlines()[0] for region in hidden if region.strip() and region.strip() in text]
        wrong += [f"{path.relative_to(root)}: {sign!r} is left" for sign in signs]
    return wrong


def _in(cell, lang: str) -> list[str]:
    return [in_language(cell.source, lang) if isinstance(cell.source, str) else getattr(cell.source, lang)]
