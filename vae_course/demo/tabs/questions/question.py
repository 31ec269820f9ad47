"""A question of the tab: predict, experiment, compare. Those that are asked stand in bank/: words in one file, what is
computed and drawn in the other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

from markupsafe import Markup
from torch import Tensor

from ....text import Both
from . import figures, texts


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
        return texts.VERDICTS["fits" if self.fits else "fails"]


@dataclass(frozen=True)
class Seen:
    """What an experiment shows, as HTML, and its numbers as words of one language."""

    html: Markup
    facts: dict[str, str]


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
    look: Both  # what the six pictures are
    pictures: Callable[[], Tensor]  # that raise the question, (6, C, H, W) in [0, 1]
    experiment: Callable[[str, int], Seen]  # of language and seed; it leaves torch's own chance alone

    @classmethod
    def of(cls, key: str, words: SimpleNamespace, pictures: Callable, experiment: Callable) -> "Question":
        """words: what bank/<key>.toml says; a question of no lesson and no place of its own is the assignment's."""
        lesson = texts.LESSON.format(number=words.lesson) if hasattr(words, "lesson") else texts.ASSIGNMENT
        options = tuple(Option(**option) for option in words.options)
        parts = (words.title, words.before, options, words.seen, words.why, tuple(words.levels.values()), words.look)
        return cls(key, getattr(words, "where", lesson), *parts, pictures, experiment)

    @lru_cache(maxsize=64)  # noqa: B019 (questions live as long as the process)
    def run(self, lang: str, seed: int) -> Seen:
        """The experiment, the last ones kept: a question on the page is rendered again with each click."""
        return self.experiment(lang, seed)

    @lru_cache(maxsize=64)  # noqa: B019
    def look_html(self, lang: str) -> Markup:
        """The look as a figure."""
        return figures.look(lang, self.look, self.pictures())
