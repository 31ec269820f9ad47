"""What became of the mutants: tables to be read, and one JSON object for each."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...exercises import EXERCISES
from .equivalents import Equivalent
from .mutants import Mutant
from .trial import Verdict

ENOUGH = 0.99  # the share of the mutants that are no equivalents that must lose marks
COLUMNS = ("mutants", "equivalent", "caught", "survived", "share")


@dataclass(frozen=True)
class Case:
    """A mutant, what the checks said and, where they said nothing, why that is right."""

    mutant: Mutant
    verdict: Verdict
    excuse: Equivalent | None = None

    @property
    def outcome(self) -> str:
        return "caught" if not self.verdict.full else "equivalent" if self.excuse else "survived"

    def as_dict(self) -> dict:
        answer = self.mutant.answer
        whole: dict = {"exercise": answer.exercise, "answer": answer.name, "rule": self.mutant.rule}
        whole |= {"outcome": self.outcome, "by": self.verdict.by, "diff": self.mutant.diff}
        return whole | ({"reason": self.excuse.reason} if self.excuse and self.verdict.full else {})


def judged(found: Iterable[tuple[Mutant, Verdict]], rows: list[Equivalent]) -> list[Case]:
    """Each mutant beside the first row that excuses it."""
    return [
        Case(mutant, verdict, next((row for row in rows if verdict.full and row.matches(mutant)), None))
        for mutant, verdict in found
    ]


def stale(cases: list[Case], rows: list[Equivalent]) -> list[Equivalent]:
    """Rows that excuse no mutant, among those whose exercises were all tried."""
    tried = {case.mutant.answer.exercise for case in cases}
    due = [row for row in rows if set(row.exercise or EXERCISES) <= tried]
    return [row for row in due if not any(case.verdict.full and row.matches(case.mutant) for case in cases)]


def share(cases: list[Case]) -> float:
    """Of the mutants that are no equivalents, those that lost marks."""
    count = Counter(case.outcome for case in cases)
    judged = count["caught"] + count["survived"]
    return count["caught"] / judged if judged else 1.0


def table(cases: list[Case], title: str, of: Callable[[Case], str]) -> list[str]:
    """A row for each group of cases and one for all."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(of(case), []).append(case)
    rows = [row(name, group) for name, group in groups.items()]
    return [f"{title:26}" + "".join(f"{name:>11}" for name in COLUMNS), *rows, row("all", cases)]


def row(name: str, cases: list[Case]) -> str:
    count = Counter(case.outcome for case in cases)
    numbers = (len(cases), *(count[outcome] for outcome in ("equivalent", "caught", "survived")))
    return f"{name:26}" + "".join(f"{number:11}" for number in numbers) + f"{100 * share(cases):9.2f} %"


def survivors(cases: list[Case]) -> list[str]:
    """Where each survivor comes from, and its changed lines."""
    lines = []
    for case in cases:
        if case.outcome == "survived":
            lines += [f"{case.mutant.answer.exercise} {case.mutant.answer.name}: {case.mutant.rule}"]
            lines += [f"  {line}" for line in case.mutant.diff]
    return lines


def report(cases: list[Case], unused: list[Equivalent]) -> str:
    """All that a person wants to know, survivors first and the share caught last."""
    lines = survivors(cases)
    lines += ["", *table(cases, "exercise", lambda case: case.mutant.answer.exercise)]
    lines += ["", *table(cases, "rule", lambda case: case.mutant.rule), ""]
    lines += [f"stale: {row}" for row in unused]
    return "\n".join([*lines, f"{100 * share(cases):.2f} % of the mutants that are no equivalents lose marks"])
