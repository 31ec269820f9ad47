"""Mutants that no check may take marks from, because they are right too: the table equivalents.toml."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant

TABLE = Path(__file__).with_name("equivalents.toml")
ANYTHING = "…"  # in a pattern


@dataclass(frozen=True)
class Equivalent:
    """One row: which mutants, by what stands in their changed lines and not by where, and why they are right."""

    reason: str
    exercise: tuple[str, ...] = ()  # none named: any
    answer: str = ANYTHING
    rule: str = ANYTHING
    before: str = ANYTHING
    after: str = ANYTHING

    def concerns(self, exercise: str) -> bool:
        return not self.exercise or exercise in self.exercise

    def matches(self, mutant: Mutant) -> bool:
        if not self.concerns(mutant.answer.exercise):
            return False
        pairs = (
            (self.answer, mutant.answer.name), (self.rule, mutant.rule),
            (self.before, mutant.changed("-")), (self.after, mutant.changed("+")),
        )  # fmt: skip
        return all(like(pattern, text) for pattern, text in pairs)

    def __str__(self) -> str:
        patterns = (self.answer, self.rule, self.before, self.after)
        told = [*self.exercise, *(pattern for pattern in patterns if pattern != ANYTHING)]
        return f"{' | '.join(told)}: {self.reason}"


def like(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern, in which … stands for anything."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split(ANYTHING)), text) is not None


def table(file: Path = TABLE) -> list[Equivalent]:
    """The rows. Raises TypeError for a key that is none."""
    rows = tomllib.loads(file.read_text(encoding="utf-8")).get("equivalent", [])
    return [Equivalent(**row | {"exercise": tuple(row.get("exercise", "").split())}) for row in rows]
