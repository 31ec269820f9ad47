"""What a teacher reads of a class that was graded: a line for each student, a table for each exercise."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..exercises import EXERCISES, names
from ..text import Both, pick
from .repairs import readable
from .results import Score
from .verdict import Verdict
from .whole_class import Graded

MOST_MISTAKES = 3  # told of one exercise
WAITS = Both(es="faltan {points:g} por poner a mano", en="{points:g} to be given by hand")
UNANSWERED = Both(es="sin responder", en="not answered")
HEAD = Both(es="estudiante", en="student"), Both(es="puntos", en="points"), Both(es="observaciones", en="remarks")
FULL = Both(es="{right} de {all} con todos los puntos", en="{right} of {all} with full points")
OF = Both(es="{count} de {all}: {what}", en="{count} of {all}: {what}")
NOT_GRADED = Both(es="sin corregir: {error}", en="not graded: {error}")


@dataclass(frozen=True)
class Mistake:
    """Something that several students got wrong."""

    exercise: str
    count: int
    text: Both  # one student's message


@dataclass
class ClassSummary:
    """A class's results, as students are done."""

    lesson: str
    graded: list[Graded] = field(default_factory=list)

    def add(self, one: Graded) -> None:
        self.graded.append(one)

    @property
    def scores(self) -> dict[str, list[Score]]:
        """Exercise -> the scores of those whose submission could be read."""
        found: dict[str, list[Score]] = {name: [] for name in names(self.lesson)}
        for one in self.graded:
            for score in one.verdict.scores if one.verdict else ():
                found[score.exercise].append(score)
        return found

    def mistakes(self, exercise: str) -> list[Mistake]:
        """What most students were told of, the same reason counted once, the most frequent first."""
        scores = self.scores[exercise]
        counts, texts = Counter[str](), dict[str, Both]()
        for score in scores:
            for reason, text in _mistakes(score).items():
                counts[reason] += 1
                texts.setdefault(reason, text)
        return [Mistake(exercise, count, texts[reason]) for reason, count in counts.most_common(MOST_MISTAKES)]

    def as_dict(self, lang: str) -> dict:
        """All of it as JSON; students by their names, as a teacher's tools need them."""
        return {
            "assignment": self.lesson,
            "students": [_student(one, lang) for one in sorted(self.graded, key=lambda one: one.student)],
            "exercises": [self._exercise(name, scores, lang) for name, scores in self.scores.items()],
        }

    def _exercise(self, name: str, scores: Sequence[Score], lang: str) -> dict:
        mistakes = [{"count": one.count, "text": pick(one.text, lang)} for one in self.mistakes(name)]
        right = sum(score.points == score.most for score in scores)
        most = EXERCISES[name].points
        return {"exercise": name, "points": most, "submissions": len(scores), "right": right, "mistakes": mistakes}

    def table(self, lang: str) -> str:
        """The closing table of the command line."""
        students = self.as_dict(lang)["students"]
        rows = [[pick(title, lang) for title in HEAD]]
        rows += [[readable(one["student"]), _points(one), "; ".join(_remarks(one, lang))] for one in students]
        return "\n".join([*_columns(rows), "", *self._exercises(lang)])

    def _exercises(self, lang: str) -> Iterable[str]:
        for name, scores in self.scores.items():
            right = sum(score.points == score.most for score in scores)
            yield f"{name}: {pick(FULL, lang).format(right=right, all=len(scores))}"
            for one in self.mistakes(name):
                yield "  " + pick(OF, lang).format(count=one.count, all=len(scores), what=pick(one.text, lang))


def _mistakes(score: Score) -> dict[str, Both]:
    """Reason -> message of what failed, each mistake once."""
    if all(result.unanswered for result in score.results):
        return {"": UNANSWERED}
    failed = [result for result in score.results if not result.passed and result.judged]
    return {f"{one.name} {one.reason}" if one.reason else one.name: one.message for one in failed if one.message}


def _student(one: Graded, lang: str) -> dict:
    found = one.verdict
    if found is None:
        return {"student": one.student, "error": one.error}
    return {
        "student": one.student,
        "score": round(found.points, 4),
        "waiting": found.waiting,
        "max_score": found.most,
        "language": found.lang,
        "read": not found.unread,
        "repairs": [pick(repair, lang) for repair in found.repairs],
        "exercises": {score.exercise: score.points for score in found.scores},
    }


def _points(one: dict) -> str:
    return "–" if "error" in one else f"{round(one['score'], 2):g}/{one['max_score']:g}"


def _remarks(one: dict, lang: str) -> list[str]:
    if "error" in one:
        return [pick(NOT_GRADED, lang).format(error=one["error"])]
    waits = [pick(WAITS, lang).format(points=one["waiting"])] if one["waiting"] else []
    return waits + [repair.rstrip(".") for repair in one["repairs"]]


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def in_a_line(verdict: Verdict, lang: str) -> str:
    """A student's points in a log."""
    waits = [pick(WAITS, lang).format(points=verdict.waiting)] if verdict.waiting else []
    repairs = [pick(repair, lang).rstrip(".") for repair in verdict.repairs]
    return "; ".join([f"{round(verdict.points, 2):g}/{verdict.most:g}", *waits, *repairs])
