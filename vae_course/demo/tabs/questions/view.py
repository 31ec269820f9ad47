"""What the tab Questions shows: the list, the open question before or after its experiment, the report."""

import base64

from markupsafe import Markup, escape

from ....text import Both, pick
from ...core import limits, store, titles
from ...ui.html import render, unbroken
from . import answers, pins, report, texts
from .bank import QUESTIONS
from .question import Seen


def board(lang: str, key: str, seed: int) -> str:
    """The list of questions and the one that is open, as the current visitor left it."""
    done = answers.entry(key)
    seed = done["seed"] if done["ran"] else seed
    question = QUESTIONS[key]
    seen = question.run(lang, seed) if done["ran"] else None
    return render(
        "questions/board.html", lang, texts=texts, groups=_groups(), question=question, done=done, seed=seed,
        lengths=answers.LENGTHS, seen=seen, fill=lambda text: filled(text, lang, seen),
        paragraphs=pick(question.why, lang).split("\n\n"), noted={"q": key, "seed": seed}, start=answers.START,
    )  # fmt: skip


def _groups() -> list[tuple[Both, list]]:
    """(title, questions with how far each got) of the assignment's questions and of the lessons'."""
    groups: dict[str, list] = {group: [] for group in texts.GROUPS}
    for key, question in QUESTIONS.items():
        group = "assignment" if question.where == texts.ASSIGNMENT else "lessons"
        groups[group].append((question, answers.progress(key)[:1]))
    return [(title, groups[group]) for group, title in texts.GROUPS.items()]


def filled(text: Both | str, lang: str, seen: Seen | None) -> Markup:
    """A text with the experiment's numbers, if it was run; equations don't break at the end of a line."""
    return escape(unbroken(pick(text, lang).format(**seen.facts if seen else {})).replace(" = ", "\u00a0=\u00a0"))


def counter(lang: str, sentence: Both | None = None, failed=False, answers=0, news=False, missing=()) -> str:
    """How many figures there are, and what became of the last one.

    For the browser's script: its message that this answers, is what it keeps news, which figures are missing here.
    """
    count = len(store.visitor().pins)
    words = titles.counted(texts.PINNED, count)
    return render(
        "questions/pinboard.html", lang, words=words, sentence=sentence, failed=failed, shown=count or sentence,
        kept=not store.visitor().new, answers=answers, news=news, missing=missing, most=pins.MAX_BYTES,
    )  # fmt: skip


def collected(lang: str) -> str:
    """The report's own part of the tab: figures with captions, name, notes, downloads."""
    begun = [(question, answers.progress(key)[::-1]) for key, question in QUESTIONS.items() if answers.progress(key)]
    return render(
        "questions/report.html", lang, texts=texts, begun=begun, report=report.collect(lang), about=answers.about(),
        empty=not (begun or store.visitor().pins), lengths=answers.LENGTHS, source=report.png_source,
    )  # fmt: skip


def parcel(lang: str, kind) -> str:
    """The report as a file, for the tab's script to save. Raises Refused."""
    mime, make = report.KINDS[limits.one_of(kind, tuple(report.KINDS), texts.KIND)]
    content = base64.b64encode(make(report.collect(lang))).decode()
    return render(
        "questions/parcel.html", lang, content=content, type=mime,
        file=f"{pick(texts.REPORT_FILE, lang)}.{kind}",
    )  # fmt: skip
