"""The numbers that the lessons print, each with the computation that it comes from: a table per lesson.

`Held(es, en, value)` names a phrase of the lesson in both languages, its numbers marked: "a <11.6> dB en las fotos", or
"<three quarters=75>" where it says them in words. `value(n)` computes them from `n`, what the lesson's own cells have
made by the time the phrase is read, with the real pictures. A number may differ from its computation by half a unit of
its last digit, or by `within` where the sentence says "some". `Given`
are numbers that nothing computes: what was chosen, what a definition or a reference says.
"""

import importlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from vae_course.course import source
from vae_course.course.language import in_language
from vae_course.text import pick

ROOT = Path(__file__).parents[3]
MARKED = re.compile(r"<(?:([-−]?\d[\d ,.]*)|([^<>=]+)=([\d.]+))>")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[ ,]\d{3})*(?:\.\d+)?")
UNIT = re.compile(r" ?(?:nats?\b|dB\b|%|bits?\b)")
UNREAD = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|</?[a-z][^>]*>|arXiv:\S+", re.DOTALL)
YEARS = range(1980, 2030)


@dataclass(frozen=True)
class Held:
    """A phrase of a lesson whose numbers are computed; es or en is None where only the other language says it."""

    es: str | None
    en: str | None
    value: Callable[[SimpleNamespace], Any]  # -> a number, or one for each marked one
    within: float | None = None

    def wrong(self, lang: str, computed: Any) -> list[str]:
        """Where the phrase and what `value` gave part, a sentence each."""
        printed, found = _marked(getattr(self, lang)), _each(computed)
        if len(printed) != len(found):
            return [f"{len(printed)} numbers marked, {len(found)} computed"]
        pairs = zip(printed, map(float, found), strict=True)
        return [f"says {text}, computed {value:.6g}" for text, value in pairs if not self._fits(text, value)]

    def _fits(self, text: str, value: float) -> bool:
        decimals = len(text.partition(".")[2])
        room = 0.5001 * 10**-decimals if self.within is None else self.within
        return math.isfinite(value) and abs(value - number(text)) <= room


@dataclass(frozen=True)
class Given:
    """A phrase whose numbers are chosen, or defined, or someone else's."""

    es: str | None
    en: str | None


def number(text: str) -> float:
    """ "12 288", "12,288" or "−0.5" as a number."""
    return float(text.replace(" ", "").replace(",", "").replace("−", "-"))


def table(lesson: str) -> list[Held | Given]:
    return importlib.import_module(f"helpers.numbers.{lesson[3:].replace('-', '_')}").NUMBERS


def phrase(entry: Held | Given, lang: str) -> str | None:
    """What the lesson must say, without marks; None if it does not in that language."""
    text = getattr(entry, lang)
    return None if text is None else MARKED.sub(lambda found: found[1] or found[2], text)


@cache
def read(lesson: str) -> source.Lesson:
    return source.read(lesson, ROOT)


def texts(lesson: str, lang: str) -> dict[int, str]:
    """Position among the cells -> prose, on one line, of each text of a lesson."""
    cells = read(lesson).cells
    return {k: _plain(pick(cell.source, lang)) for k, cell in enumerate(cells) if isinstance(cell, source.Text)}


def place(prose: dict[int, str], wanted: str) -> int:
    """The text that holds a phrase. Raises LookupError if none does, or several."""
    found = [position for position, text in prose.items() if wanted in text]
    if len(found) != 1:
        raise LookupError(f"{len(found)} texts hold {wanted!r}")
    return found[0]


def loose(lesson: str, lang: str) -> list[str]:
    """Measured numbers (decimals, a unit, above a thousand and no year) that stand in no phrase of the table."""
    phrases, left = [*filter(None, (phrase(entry, lang) for entry in table(lesson)))], []
    for text in texts(lesson, lang).values():
        held = [found.span() for one in phrases for found in re.finditer(re.escape(one), text)]
        read = UNREAD.sub(lambda found: " " * len(found[0]), text)
        for found in NUMBER.finditer(read):
            if _measured(read, found) and not any(a <= found.start() and found.end() <= b for a, b in held):
                left.append(text[max(0, found.start() - 40) : found.end() + 20])
    return left


def played(lesson: str, functions: dict[str, Any]) -> dict[int, SimpleNamespace]:
    """Position of a text -> what the names of the cells before it stand for: the lesson's code runs once, in order.

    functions: what a notebook's first cell brings (`mine`, `pictures`, `say`, `show`).
    """
    namespace, seen = dict(functions), {}
    for position, cell in enumerate(read(lesson).cells):
        if isinstance(cell, source.Text):
            seen[position] = SimpleNamespace(**namespace)
        else:
            exec(compile(in_language(cell.source, "en"), f"{lesson}, {cell.name}", "exec"), namespace)
    return seen


def _marked(text: str) -> list[str]:
    return [digits or meant for digits, _, meant in MARKED.findall(text)]


def _plain(text: str) -> str:
    return " ".join(text.replace("{,}", ",").replace(r"\,", " ").split())


def _each(value: Any) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _measured(text: str, found: re.Match) -> bool:
    value = number(found[0])
    return "." in found[0] or UNIT.match(text, found.end()) is not None or (value >= 1000 and value not in YEARS)
