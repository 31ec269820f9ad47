"""The report: what one visitor predicted, saw, answered and pinned, as one HTML file or as a zip with Markdown."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape

from ..text import Both, pick
from . import experiments, store
from .asked import ASKED, Question

TITLE = Both(es="Informe del taller de VAE", en="Report of the VAE workshop")
FILE = Both(es="informe-vae", en="vae-report")
PAGE = Both(es="informe", en="report")
FOLDER = Both(es="figuras", en="figures")
FIGURE = Both(es="Figura {number}", en="Figure {number}")
PREDICTED = Both(es="Predicción", en="Prediction")
SEEN = Both(es="Lo que se vio", en="What was seen")
ANSWERED = Both(es="Respuesta", en="Answer")
QUESTIONS = Both(es="Preguntas", en="Questions")
FIGURES = Both(es="Figuras", en="Figures")
NOTES = Both(es="Notas", en="Notes")
IN_DEMO = Both(es="Volver a este estado en la demo", en="Back to this state in the demo")
ENTRY = {"choice": None, "why": "", "seed": 7, "ran": False, "answer": ""}
META = "report"  # the key among a visitor's answers of what is no answer: name and notes


@dataclass(frozen=True)
class Part:
    """One question and what the visitor did with it."""

    key: str
    question: Question
    predicted: str
    why: str
    seen: str
    answer: str
    figures: list[dict]


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
    def figures(self) -> list[dict]:
        """All of them, in the order in which they are numbered."""
        return [one for part in self.parts for one in part.figures] + self.others

    @property
    def numbers(self) -> dict[str, int]:
        """A figure's id -> its number."""
        return {one["id"]: k for k, one in enumerate(self.figures, start=1)}


def entry(key: str) -> dict:
    """What the current visitor has done with a question."""
    return {**ENTRY, **store.visitor().answers.get(key, {})}


def begun(key: str) -> bool:
    found = entry(key)
    return found["choice"] is not None or bool(found["why"] or found["ran"] or found["answer"])


def about() -> dict[str, str]:
    return {"name": "", "notes": "", **store.visitor().answers.get(META, {})}


def collect(lang: str) -> Report:
    """The current visitor's report."""
    pins = list(store.visitor().pins)
    keys = [key for key in ASKED if begun(key) or any(one["question"] == key for one in pins)]
    parts = [_part(key, [one for one in pins if one["question"] == key], lang) for key in keys]
    others = [one for one in pins if one["question"] not in keys]
    return Report(lang, **about(), day=date.today().isoformat(), parts=parts, others=others)


def _part(key: str, figures: list[dict], lang: str) -> Part:
    question, found = ASKED[key], entry(key)
    option = question.options[found["choice"]] if found["choice"] is not None else None
    predicted, seen = pick(option.text, lang) if option else "", ""
    if option and found["ran"]:
        predicted = f"{predicted} ({pick(option.verdict, lang)})"
    if found["ran"]:
        seen = pick(question.seen.format(**experiments.run(key, lang, found["seed"]).facts), lang)
    return Part(key, question, predicted, found["why"], seen, found["answer"], figures)


# ---- one HTML file

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; color: #1c1917; background: #fff;
  max-width: 780px; margin: 0 auto; padding: 32px 20px 48px; overflow-wrap: break-word; }
h1 { font-size: 1.8rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2.2em 0 0.4em; border-top: 2px solid #0f766e;
  padding-top: 0.6em; } h3 { font-size: 0.95rem; margin: 1em 0 0.1em; color: #0f766e; }
.by { color: #57534e; margin: 4px 0 0; } p { margin: 0.2em 0 0.7em; white-space: pre-line; }
figure { margin: 1.2em 0; } figure img { display: block; width: auto; height: auto;
  max-height: 90vh; border: 1px solid #d6d3d1; box-sizing: border-box; }
figcaption { font-size: 0.9rem; color: #44403c; margin-top: 6px; } a { color: #0f766e; }
@page { margin: 18mm 16mm; }
@media print {
  body { font-size: 11pt; max-width: none; padding: 0; }
  h1, h2, h3 { break-after: avoid; } figure { break-inside: avoid; } p { orphans: 3; widows: 3; }
  figure img { max-height: 200mm; } figcaption a { display: none; }
}
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def as_html(report: Report) -> str:
    """A page that needs nothing else and prints well."""
    lang, title = report.lang, escape(pick(TITLE, report.lang))
    body = "".join(_html_part(part, report) for part in report.parts)
    if report.others:
        figures = "".join(_html_figure(one, report) for one in report.others)
        body += f"<section><h2>{pick(FIGURES, lang)}</h2>{figures}</section>"
    if report.notes:
        body += f"<section><h2>{pick(NOTES, lang)}</h2>{_paragraph(report.notes)}</section>"
    by = " · ".join(filter(None, (report.name, report.day)))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" '
        f'content="{POLICY}"><style>{STYLE}</style></head><body><header><h1>{title}</h1>'
        f'<p class="by">{escape(by)}</p></header><main>{body}</main></body></html>'
    )


def _html_part(part: Part, report: Report) -> str:
    said = "".join(
        f"<h3>{escape(pick(title, report.lang))}</h3>{''.join(map(_paragraph, texts))}" for title, texts in _told(part)
    )
    figures = "".join(_html_figure(one, report) for one in part.figures)
    return f"<section><h2>{escape(pick(part.question.title, report.lang))}</h2>{said}{figures}</section>"


def _told(part: Part) -> Iterator[tuple[Both, list[str]]]:
    """Titles and texts of a question's part, without those that are empty."""
    parts = ((PREDICTED, [part.predicted, part.why]), (SEEN, [part.seen]), (ANSWERED, [part.answer]))
    for title, texts in parts:
        if any(texts):
            yield title, [text for text in texts if text]


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _html_figure(one: dict, report: Report) -> str:
    number = pick(FIGURE, report.lang).format(number=report.numbers[one["id"]])
    source = "data:image/png;base64," + base64.b64encode(one["png"]).decode()
    alt = escape(one["caption"] or number)
    back = f' <a href="{escape(one["address"])}">{pick(IN_DEMO, report.lang)}</a>' if one["address"] else ""
    return (
        f'<figure><img src="{source}" alt="{alt}" style="max-width: min(100%, {one["width"]}px)">'
        f"<figcaption><b>{number}.</b> {escape(one['caption'])}{back}</figcaption></figure>"
    )


# ---- a zip with Markdown and PNGs


def as_zip(report: Report) -> bytes:
    """informe.md or report.md, with its figures in a folder."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{pick(PAGE, report.lang)}.md", as_markdown(report))
        for one in report.figures:
            file.writestr(zipfile.ZipInfo(_path(one, report)), one["png"])
    return content.getvalue()


def as_markdown(report: Report) -> str:
    lang = report.lang
    by = " · ".join(filter(None, (report.name, report.day)))
    blocks = [f"# {pick(TITLE, lang)}", plain(by)]
    for part in report.parts:
        blocks.append(f"## {plain(pick(part.question.title, lang))}")
        for title, texts in _told(part):
            blocks += [f"### {pick(title, lang)}", *map(plain, texts)]
        blocks += [_markdown_figure(one, report) for one in part.figures]
    if report.others:
        blocks += [f"## {pick(FIGURES, lang)}", *(_markdown_figure(one, report) for one in report.others)]
    if report.notes:
        blocks += [f"## {pick(NOTES, lang)}", plain(report.notes)]
    return "\n\n".join(blocks) + "\n"


def plain(text: str) -> str:
    """A text that Markdown shows as it stands, its line breaks kept."""
    safe = re.sub(r"([\\`*_\[\]<>#|!~$])", r"\\\1", text)
    safe = re.sub(r"(?m)^(\s*)([-+=])", r"\1\\\2", safe)
    return re.sub(r"(?m)^(\s*\d+)([.)])", r"\1\\\2", safe).replace("\n", "  \n")


def _markdown_figure(one: dict, report: Report) -> str:
    number = pick(FIGURE, report.lang).format(number=report.numbers[one["id"]])
    caption = plain(one["caption"].replace("\n", " "))
    back = f"\n\n[{pick(IN_DEMO, report.lang)}](<{one['address']}>)" if one["address"] else ""
    return f"![{caption or number}]({_path(one, report)})\n\n**{number}.** {caption}{back}"


def _path(one: dict, report: Report) -> str:
    number = pick(FIGURE, report.lang).format(number=f"{report.numbers[one['id']]:02d}")
    return f"{pick(FOLDER, report.lang)}/{number.lower().replace(' ', '-')}.png"
