"""The report: what one visitor predicted, saw, answered and pinned, as one HTML file or as a zip with Markdown."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from ....text import Both, pick
from ...core import store
from ...ui.html import render
from ...ui.pictures import data_uri
from . import answers, texts
from .bank import QUESTIONS
from .question import Question


@dataclass(frozen=True)
class Part:
    """One question and what the visitor did with it."""

    question: Question
    predicted: str
    why: str
    seen: str
    answer: str
    figures: list[dict]

    def texts(self) -> Iterator[tuple[Both, list[str]]]:
        """Titles and texts, without those that are empty."""
        parts = (
            (texts.PREDICTED, [self.predicted, self.why]), (texts.SEEN, [self.seen]), (texts.ANSWERED, [self.answer])
        )  # fmt: skip
        for title, written in parts:
            if any(written):
                yield title, [text for text in written if text]


@dataclass(frozen=True)
class Report:
    """All that goes into the files, in one language."""

    lang: str
    name: str
    notes: str
    day: str
    parts: list[Part] = field(default_factory=list)
    others: list[dict] = field(default_factory=list)  # figures that belong to no question

    @property
    def by(self) -> str:
        return " · ".join(filter(None, (self.name, self.day)))

    @property
    def figures(self) -> list[dict]:
        """All of them, in the order in which they are numbered."""
        return [figure for part in self.parts for figure in part.figures] + self.others

    @property
    def numbers(self) -> dict[str, int]:
        """A figure's id -> its number."""
        return {figure["id"]: k for k, figure in enumerate(self.figures, start=1)}

    def numbered(self, figure: dict) -> str:
        return pick(texts.FIGURE, self.lang).format(number=self.numbers[figure["id"]])


def collect(lang: str) -> Report:
    """The current visitor's report."""
    pins = list(store.visitor().pins)
    keys = [key for key in QUESTIONS if answers.progress(key) or any(pin["question"] == key for pin in pins)]
    parts = [_part(key, [pin for pin in pins if pin["question"] == key], lang) for key in keys]
    others = [pin for pin in pins if pin["question"] not in keys]
    return Report(lang, **answers.about(), day=date.today().isoformat(), parts=parts, others=others)


def _part(key: str, figures: list[dict], lang: str) -> Part:
    question, done = QUESTIONS[key], answers.entry(key)
    option = question.options[done["choice"]] if done["choice"] is not None else None
    predicted, seen = pick(option.text, lang) if option else "", ""
    if option and done["ran"]:
        predicted = f"{predicted} ({pick(option.verdict, lang)})"
    if done["ran"]:
        seen = pick(question.seen.format(**question.run(lang, done["seed"]).facts), lang)
    return Part(question, predicted, done["why"], seen, done["answer"], figures)


def as_html(report: Report) -> str:
    """A page that needs nothing else and prints well."""
    return render("questions/report-file.html", report.lang, texts=texts, report=report, source=png_source)


def png_source(figure: dict) -> str:
    return data_uri(figure["png"], "png")


def as_zip(report: Report) -> bytes:
    """informe.md or report.md, with its figures in a folder."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{pick(texts.MARKDOWN_FILE, report.lang)}.md", as_markdown(report))
        for figure in report.figures:
            file.writestr(zipfile.ZipInfo(_path(figure, report)), figure["png"])
    return content.getvalue()


def as_markdown(report: Report) -> str:
    """The same words, for whoever goes on writing."""
    lang = report.lang
    blocks = [f"# {pick(texts.REPORT_TITLE, lang)}", plain(report.by)]
    for part in report.parts:
        blocks.append(f"## {plain(pick(part.question.title, lang))}")
        for title, written in part.texts():
            blocks += [f"### {pick(title, lang)}", *map(plain, written)]
        blocks += [_markdown_figure(figure, report) for figure in part.figures]
    if report.others:
        blocks += [f"## {pick(texts.FIGURES, lang)}", *(_markdown_figure(figure, report) for figure in report.others)]
    if report.notes:
        blocks += [f"## {pick(texts.REPORT_NOTES, lang)}", plain(report.notes)]
    return "\n\n".join(blocks) + "\n"


def plain(text: str) -> str:
    """A text that Markdown shows as it stands, its line breaks kept."""
    safe = re.sub(r"([\\`*_\[\]<>#|!~$])", r"\\\1", text)
    safe = re.sub(r"(?m)^(\s*)([-+=])", r"\1\\\2", safe)
    return re.sub(r"(?m)^(\s*\d+)([.)])", r"\1\\\2", safe).replace("\n", "  \n")


def _markdown_figure(figure: dict, report: Report) -> str:
    number, caption = report.numbered(figure), plain(figure["caption"].replace("\n", " "))
    back = f"\n\n[{pick(texts.IN_DEMO, report.lang)}](<{figure['address']}>)" if figure["address"] else ""
    return f"![{caption or number}]({_path(figure, report)})\n\n**{number}.** {caption}{back}"


def _path(figure: dict, report: Report) -> str:
    number = pick(texts.FIGURE, report.lang).format(number=f"{report.numbers[figure['id']]:02d}")
    return f"{pick(texts.FIGURES_FOLDER, report.lang)}/{number.lower().replace(' ', '-')}.png"


KINDS = {"html": ("text/html", lambda report: as_html(report).encode()), "zip": ("application/zip", as_zip)}
