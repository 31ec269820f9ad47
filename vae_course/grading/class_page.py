"""A class's results as a page for the teacher, or for the projector: nobody's name is on it unless asked."""

import base64
import datetime
import hashlib
from pathlib import Path

from ..files import replacing_file
from ..numbers import compact
from ..pages import style
from ..text import pick, texts_beside
from .feedback_page import POLICY, headings, templates
from .released import released
from .summary import ClassSummary

HERE = Path(__file__).parent
STYLES = (HERE / "feedback.css", HERE / "class.css")
TEXTS = texts_beside(__file__, "class")


def write(summary: ClassSummary, path: Path, root: Path, lang: str, names: bool = False) -> None:
    """Writes the page. root: the course's folder. names: whether it ends with each student's points."""
    with replacing_file(path) as file:
        file.write(page(summary, root, lang, names).encode())


def page(summary: ClassSummary, root: Path, lang: str, names: bool = False) -> str:
    css = style.css() + "".join(file.read_text(encoding="utf-8") for file in STYLES)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    said = {name: pick(text, lang) for name, text in vars(TEXTS).items()}
    cells = released(root, summary.lesson, lang).cells
    return (
        templates()
        .get_template("class.html.j2")
        .render(
            lang=lang,
            title=next(found for cell in cells if cell.cell_type == "markdown" for found in headings(cell.source)),
            css=css,
            policy=POLICY.format(style=digest),
            found=figures(summary, lang, names),
            say=said,
            date=datetime.date.today().isoformat(),
            points=lambda value: compact(round(value, 2), 6, lang),
        )
    )


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
