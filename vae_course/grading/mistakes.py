"""What several students were told of one exercise: what is said of N of them is true of each of the N."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..text import Both
from .results import Score

UNANSWERED = Both(es="sin responder", en="not answered")
EACH = Both(
    es="{property} No se cumple o no se pudo comprobar, en cada caso por otra razón.",
    en="{property} This does not hold or could not be tried, each time for another reason.",
)
PLACE = re.compile(r" *\((?:línea|line) \d+(?:: `.*`)?\)")
QUOTED = re.compile(r"(?<!\w)'[^']*'(?!\w)|`[^`]*`|\"[^\"]*\"")  # no apostrophe
NUMBER = r"-?\b\d+(?:\.\d+)?(?:e[-+]?\d+)?\b"
NUMBERS = re.compile(rf"{NUMBER}(?:, {NUMBER})*(?:,(?=\)))?")  # a shape's too


@dataclass(frozen=True)
class Mistake:
    """What one student was told of one check."""

    check: str
    statement: Both  # the property that it checks
    message: Both

    @property
    def forms(self) -> tuple[Both, Both, Both]:
        """What was told; without the place in the code; without one's own names and numbers either."""
        placeless = Both(*(PLACE.sub("", text) for text in self.message))
        return self.message, placeless, Both(*map(_general, placeless, self.statement))


def _general(text: str, statement: str) -> str:
    """A text with dots for what is quoted and for numbers, but in the property that it may begin with."""
    head = statement if text.startswith(statement) else ""
    told = QUOTED.sub(lambda quoted: f"{quoted[0][0]}…{quoted[0][-1]}", text.removeprefix(head))
    return head + NUMBERS.sub("…", told)


def frequent(scores: Iterable[Score], most: int) -> list[tuple[int, Both]]:
    """(how many students, what is true of all of them) of an exercise's most frequent mistakes.

    Whom a check told the same in general are counted together, and so are those whom it told what it told nobody else.
    """
    alike = defaultdict[tuple[str, Both], list[Mistake]](list)
    together = defaultdict[tuple[str, Both | None], list[Mistake]](list)
    for one in (one for score in scores for one in mistakes(score)):
        alike[one.check, one.forms[-1]].append(one)
    alone = Counter(check for (check, _), found in alike.items() if len(found) == 1)
    for (check, form), found in alike.items():
        together[check, None if len(found) == 1 and alone[check] > 1 else form] += found
    ranked = sorted(together.values(), key=len, reverse=True)
    return [(len(found), shared(found)) for found in ranked[:most]]


def mistakes(score: Score) -> Iterator[Mistake]:
    """What one student was told of an exercise, each mistake once."""
    if all(result.unanswered for result in score.results):
        yield Mistake("", UNANSWERED, UNANSWERED)
        return
    for one in score.results:
        if one.message and one.judged:
            yield Mistake(one.name, one.statement, one.message)


def shared(found: Sequence[Mistake]) -> Both:
    """The most that is true of all of one check's mistakes."""
    for forms in zip(*(one.forms for one in found), strict=True):
        if len(set(forms)) == 1:
            return forms[0]
    return EACH.format(property=found[0].statement)
