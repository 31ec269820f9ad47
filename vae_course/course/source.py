"""Reading a lesson's source: one jupytext py:percent file that holds both languages, checked as it is read."""

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

from ..exercises import ALL, LESSONS, OPTIONAL, names
from ..predictions import PREDICTIONS
from ..text import LANGUAGES, Both

TAGS = ("setup", "prepare", "answer", "predict", "experiment", "reward")
PREDICT = re.compile(r'predict\("([a-z0-9-]+)", \.\.\.\)')
REGION = re.compile(r"^[ #]*### BEGIN SOLUTION\n(.*?)^[ #]*### END SOLUTION *$", re.MULTILINE | re.DOTALL)


NO_REGION = "a region ### BEGIN SOLUTION ... ### END SOLUTION is needed"


class LessonError(Exception):
    """A lesson's source that can't be built; the message names the lesson and what is wrong."""


@dataclass(frozen=True)
class Text:
    """A paragraph in both languages, or a written question when points are given."""

    name: str  # unique within the lesson
    source: Both
    points: int = 0


@dataclass(frozen=True)
class Code:
    """A code cell, its texts for readers in both languages; an answer names its exercises."""

    name: str
    source: str
    tag: str
    exercises: tuple[str, ...] = ()
    folded: bool = False  # opens at a click


@dataclass(frozen=True)
class Lesson:
    name: str
    cells: tuple[Text | Code, ...]


def sources(root: Path) -> list[str]:
    """The lessons that have a source in the course's folder, in order. Raises LessonError if none has."""
    there = [name for name in LESSONS if (root / "solutions" / f"{name}.py").is_file()]
    if not there:
        raise LessonError(f"no lesson's source in {root / 'solutions'}")
    return there


def read(name: str, root: Path) -> Lesson:
    """A lesson from its source. Raises LessonError."""
    path = root / "solutions" / f"{name}.py"
    if not path.is_file():
        raise LessonError(f"{name}: no such lesson; looked for solutions/{name}.py")
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    lesson = Lesson(name, tuple(_cells(name, [cell for cell in notebook.cells if cell.source.strip()])))
    _complete(lesson)
    return lesson


def _cells(lesson: str, cells: list):
    spanish = None
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "markdown":
            lang = cell.metadata.get("lang")
            if lang != LANGUAGES[0 if spanish is None else 1]:
                raise LessonError(f"{lesson}, cell {number}: text must come as a pair, es and then en, not {lang}")
            if spanish is None:
                spanish = cell
            else:
                yield _text(lesson, number, spanish, cell)
                spanish = None
        elif spanish is not None:
            raise LessonError(f"{lesson}, cell {number}: the English text of the cell before is missing")
        else:
            yield _code(lesson, number, cell)
    if spanish is not None:
        raise LessonError(f"{lesson}: the last text has no English")


def _text(lesson: str, number: int, es, en) -> Text:
    about = [{key: cell.metadata.get(key) for key in ("question", "points")} for cell in (es, en)]
    if about[0] != about[1]:
        raise LessonError(f"{lesson}, cell {number}: {about[0]} in Spanish, {about[1]} in English")
    question, points = about[0]["question"], about[0]["points"]
    if (question is None) != (points is None):
        raise LessonError(f"{lesson}, cell {number}: a question needs a name and points")
    source = Both(es.source, en.source)
    if question is not None and not all(len(REGION.findall(text)) == 1 for text in source):
        raise LessonError(f"{lesson}, question {question}: {NO_REGION}, only one")
    return Text(f"question-{question}" if question else f"text-{number:03}", source, points or 0)


def _code(lesson: str, number: int, cell) -> Code:
    tags = cell.metadata.get("tags", [])
    if len(tags) != 1 or tags[0] not in TAGS:
        raise LessonError(f"{lesson}, cell {number}: code needs one tag of {', '.join(TAGS)}, not {tags}")
    exercises = tuple(cell.metadata.get("exercise", "").split())
    if (tags[0] == "answer") != bool(exercises) or any(
        ALL[name].lesson != lesson if name in ALL else True for name in exercises
    ):
        raise LessonError(f"{lesson}, cell {number}: {tags[0]} with exercise {' '.join(exercises) or 'none'}")
    if len(exercises) > 1 and any(name in OPTIONAL for name in exercises):
        raise LessonError(f"{lesson}, {' '.join(exercises)}: an optional exercise has a cell of its own")
    if exercises and not REGION.search(cell.source):
        raise LessonError(f"{lesson}, {' '.join(exercises)}: {NO_REGION}")
    if tags[0] == "predict":
        _predict(lesson, number, cell.source)
    name, folded = "-".join(exercises) or f"code-{number:03}", cell.metadata.get("folded", False)
    return Code(name, cell.source, tags[0], exercises, folded)


def _predict(lesson: str, number: int, source: str) -> None:
    """A cell of predictions asks for those of its lesson, one a line, and nothing else."""
    for line in source.splitlines():
        asked = PREDICT.fullmatch(line)
        if asked is None or asked[1] not in PREDICTIONS or PREDICTIONS[asked[1]].lesson != lesson:
            raise LessonError(
                f'{lesson}, cell {number}: {line} is not predict("NAME", ...) of a prediction of the lesson'
            )


def _complete(lesson: Lesson) -> None:
    """Every exercise of the lesson that is worth points once, a title, a written question, all names different."""
    answers = [cell for cell in lesson.cells if isinstance(cell, Code) and cell.name not in OPTIONAL]
    answered = [name for cell in answers for name in cell.exercises]
    wanted = names(lesson.name)
    if sorted(answered) != sorted(wanted):
        raise LessonError(f"{lesson.name}: exercises {', '.join(answered)}; wanted: {', '.join(wanted)}")
    if not isinstance(lesson.cells[0], Text):
        raise LessonError(f"{lesson.name}: it does not begin with its title")
    cells = [cell.name for cell in lesson.cells]
    if len(set(cells)) < len(cells):
        raise LessonError(f"{lesson.name}: two cells have one name")
    if not any(isinstance(cell, Text) and cell.points for cell in lesson.cells):
        raise LessonError(f"{lesson.name}: no written question")
