"""A graded notebook as the page that its student reads: points, answers, reports, comments. Nothing on it runs.

The page holds no script and forbids them (Content-Security-Policy); what the student wrote goes through harmless.py.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task

from ..numbers import compact
from ..pages import style
from ..text import pick, texts_beside
from .harmless import PASTED, Harmless
from .normalize import HEAD

HERE = Path(__file__).parent
STYLE = HERE / "feedback.css"
POLICY = (
    "default-src 'none'; style-src 'sha256-{style}'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
)
Original = dict[str, str] | None  # a lesson's cells as they were released, id -> text; None if it is no lesson
TEXTS = texts_beside(__file__, "feedback")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#{1,6}) +(.+?)[ #]*$", re.MULTILINE)


@dataclass(frozen=True)
class Grade:
    """The points of one cell: given, or waiting for the teacher (`waits`), or given before a new grading (`again`)."""

    points: float
    most: float
    state: str = "given"


@dataclass
class Marks:
    """What the gradebook says of one notebook, by the cells' grade ids; points and penalty are those of all of it."""

    grades: dict[str, Grade] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)  # answers that were left as they were handed out
    points: float = 0.0
    most: float = 0.0
    penalty: float = 0.0

    @property
    def final(self) -> bool:
        return all(grade.state == "given" for grade in self.grades.values())


@dataclass
class Part:
    """A cell on the page. kind: lesson, edited, added, question, answer, check; plain where there is no original."""

    kind: str
    cell: NotebookNode
    text: str
    name: str = ""  # its grade id
    asked: str = ""  # what stands above a written answer
    anchor: str = ""


@dataclass
class Section:
    """An exercise: the lesson's text, folded, and below it what the student wrote and how it was graded."""

    title: str = ""
    lesson: list[Part] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def page(notebook: NotebookNode, marks: Marks, lang: str, about: dict[str, str], original: Original) -> str:
    """The page as HTML. about: what the assignment and the student are called."""
    sections = list(in_sections(notebook, original))
    harmless = Harmless(lang, sum(pictures(part) for section in sections for part in [*section.lesson, *section.parts]))
    return rendered(
        "feedback.html.j2",
        lang,
        TEXTS,
        [STYLE],
        **{name: harmless.words(text) for name, text in about.items()},
        title=title(notebook, original) or about["assignment"],
        marks=marks,
        sections=sections,
        repairs=[cell for cell in notebook.cells if cell.id == HEAD],
        harmless=harmless,
        below_heading=below_heading,
    )


def rendered(template: str, lang: str, texts: SimpleNamespace, styles: Iterable[Path], **about) -> str:
    """A page of this room in one language, its style inside, with the policy that allows nothing but that style."""
    css = style.css() + "".join(file.read_text(encoding="utf-8") for file in styles)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return (
        templates()
        .get_template(template)
        .render(
            about,
            lang=lang,
            css=css,
            policy=POLICY.format(style=digest),
            say={name: pick(text, lang) for name, text in vars(texts).items()},
            points=lambda value: compact(round(value, 2), 6, lang),
        )
    )


def templates() -> Environment:
    made = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["zip"] = zip
    return made


def in_sections(notebook: NotebookNode, original: Original) -> Iterator[Section]:
    """The cells: a section for each question, and for each piece of the lesson's text that a student's work follows."""
    section, heading, graded = Section(), "", 0
    for part in parts(notebook, original):
        if section.parts and part.kind in ("lesson", "question"):
            yield section
            section = Section()
        if part.kind == "lesson":
            section.lesson.append(part)
            heading = (headings(part.text) or [heading])[-1]
            continue
        if is_graded(part.cell):
            graded += 1
            part.anchor = f"grade-{graded}"
        if part.kind == "question":
            heading = (headings(part.asked or part.text) or [heading])[0]
        section.title = section.title or heading
        section.parts.append(part)
    yield section


def parts(notebook: NotebookNode, original: Original) -> Iterator[Part]:
    """The cells that the page shows; of the lesson's own only texts, as its code has no output there."""
    for cell in notebook.cells:
        text, name = cell.source, cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.id == HEAD or not text.strip():
            continue
        if is_solution(cell) and cell.cell_type == "code":
            yield Part("answer", cell, text, name)
        elif is_solution(cell) or is_task(cell):
            asked = (original or {}).get(cell.id, "").rpartition("\n")[0].strip()  # its last line says where to write
            asked = asked if asked and text.startswith(asked) else ""
            yield Part("question", cell, text.removeprefix(asked).strip(), name, asked)
        elif is_grade(cell):
            yield Part("check", cell, text if original is None else "", name)  # a lesson's is one line, always the same
        elif original is None:
            yield Part("plain", cell, text)
        elif cell.id not in original:
            yield Part("added", cell, text)
        elif cell.cell_type == "markdown":
            yield Part("lesson" if text == original[cell.id] else "edited", cell, text)


def is_graded(cell: NotebookNode) -> bool:
    return is_grade(cell) or is_task(cell)


def headings(text: str) -> list[str]:
    """The headings of a Markdown text, as words."""
    return [re.sub(r"[`*$]", "", found[2]) for found in HEADING.finditer(FENCED.sub("", text))]


def below_heading(text: str) -> str:
    """A text without the heading that it begins with, which the page has as the section's."""
    return HEADING.sub("", text, count=1).strip() if HEADING.match(text) else text


def title(notebook: NotebookNode, original: Original) -> str:
    """The notebook's first heading, in a lesson the lesson's."""
    ours = [cell for cell in notebook.cells if cell.cell_type == "markdown" and cell.id != HEAD]
    texts = [cell.source if original is None else original.get(cell.id, "") for cell in ours]
    return next((found for text in texts for found in headings(text)), "")


def pictures(part: Part) -> int:
    """How many pictures a cell holds: pasted ones, and those that its code drew."""
    drawn = [kind for output in part.cell.get("outputs", []) for kind in output.get("data", {}) if "image/" in kind]
    return len(part.cell.get("attachments", {})) + len(PASTED.findall(part.text)) + len(drawn)
