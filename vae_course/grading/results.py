"""What the checks of one answer found, each mistake counted once, and the points for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..exercises import EXERCISES
from ..text import Both, pick

UNJUDGED = Both(
    es="{property} No se pudo juzgar: depende de «{other}»",
    en='{property} This could not be judged: it depends on "{other}"',
)
AGAIN = Both(
    es="{property} No se pudo juzgar: el código se detuvo por el mismo error.",
    en="{property} This could not be judged: the code stopped with the same error.",
)
ALIKE = Both(
    es="{property} Tampoco se cumple, por la misma razón que «{other}»",
    en='{property} This does not hold either, for the same reason as "{other}"',
)


@dataclass(frozen=True)
class Result:
    """What one check found."""

    name: str
    statement: Both  # the property that it checks
    message: Both | None  # why it failed
    weight: float
    leaves: float = 1.0  # the share of the exercise's points that an answer can keep without this property
    needs: tuple[str, ...] = ()  # checks without which this one can't be judged
    idle: bool = False  # it holds of a function that does nothing, too, and earns nothing alone
    cause: tuple | None = None  # what ended it too early to judge: the student's exception, or its process gone
    reason: str = ""  # what is the same where one mistake makes several properties fail
    unanswered: bool = False  # it ended because there is no code yet
    gone: bool = False  # the answer's process is no more
    judged: bool = True  # False: another check failed for the same reason, and counts

    @property
    def passed(self) -> bool:
        return self.message is None


@dataclass(frozen=True)
class Score:
    """One answer's points for one exercise."""

    file: str
    exercise: str
    results: list[Result]
    lent: tuple[str, ...] = ()  # the course's functions that it was judged with, in place of the student's earlier ones

    @property
    def most(self) -> float:
        return float(EXERCISES[self.exercise].points)

    @property
    def points(self) -> float:
        """Of most; 0 for an answer whose process did not live to the end."""
        if self.gone:
            return 0.0
        return round(min(self.earned, self.limit), 4)

    @property
    def gone(self) -> bool:
        """Whether the answer's process ended before the checks did."""
        return any(result.gone for result in self.results)

    @property
    def earned(self) -> float:
        """What the properties that hold are worth together; nothing where a function that does nothing has them too."""
        held = [result for result in self.results if result.passed]
        return 0.0 if all(result.idle for result in held) else sum(map(self.worth, held))

    @property
    def limit(self) -> float:
        """The most that an answer can keep without the properties that it lacks."""
        return self.most * min((result.leaves for result in self.results if not result.passed), default=1.0)

    def worth(self, result: Result) -> float:
        """A check's share of the exercise's points, among those that could be judged."""
        judged = sum(one.weight for one in self.results if one.judged)
        return self.most * result.weight / judged if result.judged else 0.0

    def as_dict(self, lang: str) -> dict:
        kept = self.points / self.earned if self.earned else 0.0
        tests = [
            {
                "name": one.name,
                "points": round(self.worth(one), 4),
                "score": round(kept * self.worth(one), 4) if one.passed else 0.0,
                "message": "" if one.passed else pick(one.message, lang),
            }
            for one in self.results
        ]
        whole = {"file": self.file, "exercise": self.exercise, "score": self.points, "max_score": self.most}
        return whole | {"tests": tests}


def settled(results: dict[str, Result]) -> list[Result]:
    """The results with each mistake counted once: what could not be judged because of another check says so.

    An exception that ended several checks, and a reason that they failed for, count at the heaviest of them; a check
    that failed and needs another that failed does not count. What could not be judged limits nothing; what failed for a
    reason that counts elsewhere does not hold, and limits. As long as something failed, something that failed counts.
    """
    unjudged = missing_needs(results) | same_exception(results.values())
    again = same_reason(one for one in results.values() if one.name not in unjudged)
    if all(one.passed or one.name in again or one.name in unjudged for one in results.values()):
        return list(results.values())
    found = []
    for one in results.values():
        if one.name in unjudged:  # what it may keep is said by the check that counts
            one = replace(one, judged=False, message=unjudged[one.name], leaves=1.0)
        elif one.name in again:
            one = replace(one, judged=False, message=again[one.name])
        found.append(one)
    return found


def same_exception(results: Iterable[Result]) -> dict[str, Both]:
    """Name -> sentence of the checks that ended by an exception which counts elsewhere."""
    causes: dict[tuple, list[Result]] = {}
    for one in results:
        if one.cause:
            causes.setdefault(one.cause, []).append(one)
    found: dict[str, Both] = {}
    for ended in causes.values():
        heaviest = max(ended, key=lambda one: one.weight)
        found |= {one.name: AGAIN.format(property=one.statement) for one in ended if one is not heaviest}
    return found


def same_reason(results: Iterable[Result]) -> dict[str, Both]:
    """Name -> sentence of the checks that failed for a reason which counts elsewhere."""
    reasons: dict[str, list[Result]] = {}
    for one in results:
        if not one.passed and one.reason:
            reasons.setdefault(one.reason, []).append(one)
    found: dict[str, Both] = {}
    for alike in reasons.values():
        heaviest = max(alike, key=lambda one: one.weight)
        words = {one.name: ALIKE.format(property=one.statement, other=heaviest.statement) for one in alike}
        found |= {name: told for name, told in words.items() if name != heaviest.name}
    return found


def missing_needs(results: dict[str, Result]) -> dict[str, Both]:
    """Name -> sentence of the checks that failed, not by an exception, where one that they need failed too."""
    found: dict[str, Both] = {}
    for one in results.values():
        root = _failed_need(one, results)
        if root and not (one.passed or one.cause):
            found[one.name] = UNJUDGED.format(property=one.statement, other=root.statement)
    return found


def _failed_need(one: Result, results: dict[str, Result]) -> Result | None:
    """What a check needs and failed; what that needs in its turn, if that failed too."""
    root, ahead, seen = None, [*one.needs], {one.name}
    while ahead:
        name = ahead.pop(0)
        if name in results and name not in seen and not results[name].passed:
            root, ahead = results[name], [*results[name].needs]
        seen.add(name)
    return root
