"""A question of the tab: predict, experiment, compare. Those that are asked stand in bank/, one a file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup
from torch import Tensor

from ....text import Both
from . import figures

FITS, FAILS = Both(es="se cumple", en="borne out"), Both(es="no se cumple", en="not borne out")
ASSIGNMENT = Both(es="De la tarea", en="From the assignment")
LESSON = Both(es="Lección {number}", en="Lesson {number}")


@dataclass(frozen=True)
class Option:
    """A prediction to pick, whether the experiment bears it out, and the reply to it then.

    The reply holds fields such as {kept}: facts of the experiment.
    """

    text: Both
    fits: bool
    reply: Both

    @property
    def verdict(self) -> Both:
        return FITS if self.fits else FAILS


@dataclass(frozen=True)
class Seen:
    """What an experiment shows, as HTML, and its numbers as words of one language."""

    html: Markup
    facts: dict[str, str]


@dataclass(frozen=True)
class Look:
    """Six pictures that raise a question, (6, C, H, W) in [0, 1], computed when they are first looked at."""

    title: Both
    pictures: Callable[[], Tensor]


@dataclass(frozen=True, eq=False)
class Question:
    """All of one question. Fields such as {kept} in `seen` and `why` are facts of the experiment."""

    key: str  # in addresses and in a visitor's answers
    where: Both
    title: Both
    before: Both  # what the experiment will do
    options: tuple[Option, ...]
    seen: Both  # the experiment in one sentence
    why: Both  # the explanation; an empty line parts paragraphs
    levels: tuple[Both, Both, Both]  # how far a written answer goes
    look: Look
    experiment: Callable[[str, int], Seen]  # of language and seed; it leaves torch's own chance alone

    def run(self, lang: str, seed: int) -> Seen:
        """The experiment, the last ones kept: a question on the page is rendered again with each click."""
        return _run(self, lang, seed)

    def look_html(self, lang: str) -> Markup:
        """The look as a figure."""
        return _look_html(self, lang)


@lru_cache(maxsize=64)
def _run(question: Question, lang: str, seed: int) -> Seen:
    return question.experiment(lang, seed)


@lru_cache(maxsize=64)
def _look_html(question: Question, lang: str) -> Markup:
    return figures.look(lang, question.look.title, question.look.pictures())
