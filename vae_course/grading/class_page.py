"""A class's results as pages: one for the projector, without a name unless asked; one of answers that are alike."""

import datetime
from pathlib import Path

from ..files import replacing_file
from ..text import pick, texts_beside
from . import likeness
from .feedback_page import rendered, title
from .released import released
from .summary import ClassSummary

HERE = Path(__file__).parent
STYLES = (HERE / "feedback.css", HERE / "class.css")
TEXTS = texts_beside(__file__, "class")
PAGE, ALIKE = "class.html", "alike.html"  # in nbgrader's feedback folder


def write(
    summary: ClassSummary, folder: Path, root: Path, lang: str, *, names: bool = False, alike: bool = False
) -> None:
    """Writes class.html into a folder, and alike.html. root: the course's folder.

    names: whether the former ends with each student's points. alike: whether the latter is wanted, which has names.
    """
    pages = {PAGE: page(summary, root, lang, names)} | ({ALIKE: alike_page(summary, root, lang)} if alike else {})
    for name, text in pages.items():
        with replacing_file(folder / name) as file:
            file.write(text.encode())


def page(summary: ClassSummary, root: Path, lang: str, names: bool = False) -> str:
    """The class's page, as HTML."""
    date, found = datetime.date.today().isoformat(), figures(summary, lang, names)
    return rendered(
        "class.html.j2", lang, TEXTS, STYLES, title=heading(summary, root, lang), found=found, date=date
    )  # fmt: skip


def alike_page(summary: ClassSummary, root: Path, lang: str) -> str:
    """Answers of several students that are alike, side by side, as HTML."""
    cells = released(root, summary.lesson, lang).cells
    given = {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if "nbgrader" in cell.metadata}
    verdicts = {one.student: one.verdict for one in summary.graded if one.verdict and not one.verdict.unread}
    answers = {
        name: {student: one.marks[name].source for student, one in verdicts.items()}
        for name in given
        if f"{name}-check" in given
    }
    about = pick(TEXTS.alike, lang).format(title=heading(summary, root, lang))
    return rendered("alike.html.j2", lang, TEXTS, STYLES, title=about, pairs=likeness.pairs(answers, given))


def heading(summary: ClassSummary, root: Path, lang: str) -> str:
    return title(released(root, summary.lesson, lang), None)


def figures(summary: ClassSummary, lang: str, names: bool) -> dict:
    """What stands on the page; the average is that of submissions that were read."""
    all_of_it = summary.as_dict(lang)
    verdicts = [one.verdict for one in summary.graded if one.verdict]
    read = [one for one in verdicts if not one.unread]
    return {
        "graded": len(summary.graded),
        "failed": len(summary.graded) - len(verdicts),
        "unread": len(verdicts) - len(read),
        "waiting": sum(one.waiting > 0 for one in read),
        "average": sum(one.points for one in read) / len(read) if read else 0.0,
        "most": max((one.most for one in verdicts), default=0.0),
        "exercises": all_of_it["exercises"],
        "students": all_of_it["students"] if names else [],
    }
