"""A class's results as pages: one for the projector, without a name unless asked; one of answers that are alike."""

import base64
import datetime
import hashlib
from pathlib import Path

from ..files import replacing_file
from ..numbers import compact
from ..pages import style
from ..text import pick, texts_beside
from . import likeness
from .feedback_page import POLICY, headings, templates
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
    return _rendered(
        "class.html.j2",
        lang,
        title=title(summary, root, lang),
        found=figures(summary, lang, names),
        date=datetime.date.today().isoformat(),
        points=lambda value: compact(round(value, 2), 6, lang),
    )


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
    about = pick(TEXTS.alike, lang).format(title=title(summary, root, lang))
    return _rendered("alike.html.j2", lang, title=about, pairs=likeness.pairs(answers, given))


def title(summary: ClassSummary, root: Path, lang: str) -> str:
    """The lesson's heading."""
    cells = released(root, summary.lesson, lang).cells
    return next(found for cell in cells if cell.cell_type == "markdown" for found in headings(cell.source))


def _rendered(template: str, lang: str, **about) -> str:
    css = style.css() + "".join(file.read_text(encoding="utf-8") for file in STYLES)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    said = {name: pick(text, lang) for name, text in vars(TEXTS).items()}
    environment = templates()
    environment.filters["zip"] = zip
    about |= {"lang": lang, "css": css, "policy": POLICY.format(style=digest), "say": said}
    return environment.get_template(template).render(about)


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
