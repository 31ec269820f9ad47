"""What visitors and scripts may ask for, and the sentence that they get when they ask for something else."""

import math
from contextvars import ContextVar

from ...numbers import both, compact
from ...numbers import whole as whole_number
from ...text import Both
from . import texts

SEEDS = 2**31 - 1


class Refused(Exception):
    """Something that can't be done; `sentence` tells the visitor why, in both languages."""

    def __init__(self, sentence: Both):
        super().__init__(sentence.en)
        self.sentence = sentence


told: ContextVar[list[Both]] = ContextVar("told")  # during an event: what else its visitor is told


def tell(sentence: Both) -> None:
    """For what is missing where the rest can be done all the same."""
    told.get([]).append(sentence)


def whole(value, low: int, high: int, what: Both) -> int:
    """value as an int within low..high. Raises Refused."""
    if _is_number(value) and value == int(value) and low <= value <= high:
        return int(value)
    raise Refused(texts.WHOLE.format(what=what, low=both(whole_number, low), high=both(whole_number, high)))


def number(value, low: float, high: float, what: Both) -> float:
    """value as a float within low..high. Raises Refused."""
    if _is_number(value) and low <= value <= high:
        return float(value)
    raise Refused(texts.NUMBER.format(what=what, low=both(compact, low, 10), high=both(compact, high, 10)))


def one_of(value, options: tuple[str, ...], what: Both) -> str:
    """value itself. Raises Refused when it is none of the options."""
    if isinstance(value, str) and value in options:
        return value
    raise Refused(texts.ONE_OF.format(what=what, options=", ".join(options)))


def seed(value) -> int:
    return whole(value, 0, SEEDS, texts.SEED)


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
