"""Visible checks: what a reader hears at once, one module per lesson, one function per exercise.

Each takes the reader's own functions and raises `Hint` on the first thing that is surely wrong. They are quick and few;
the hidden checks say the rest.
"""

from torch import Tensor

from ...kinds import described
from ...text import Both, pick


class Hint(Exception):
    """What is wrong with an answer, in both languages, in a sentence or two."""

    def __init__(self, es: str, en: str):
        super().__init__(en)
        self.text = Both(es, en)

    def say(self, lang: str) -> str:
        return pick(self.text, lang)


def expect_shape(found, expected: tuple[int, ...], *, es: str = "", en: str = "") -> None:
    """Raise a Hint that names both shapes unless `found` is a tensor of that shape; es and en may go on.

    They go on after a colon, and as a sentence of its own where they begin like one.
    """
    es, en = ((f". {text}" if text[:1].isupper() else f": {text}") if text else "." for text in (es, en))
    if not isinstance(found, Tensor):
        what = described(found)
        raise Hint(
            es=f"se esperaba un tensor de forma {tuple(expected)}; llegó {what.es}{es}",
            en=f"expected a tensor of shape {tuple(expected)}; got {what.en}{en}",
        )
    if tuple(found.shape) != tuple(expected):
        raise Hint(
            es=f"se esperaba la forma {tuple(expected)}, llegó {tuple(found.shape)}{es}",
            en=f"expected shape {tuple(expected)}, got {tuple(found.shape)}{en}",
        )
