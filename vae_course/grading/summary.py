"""What a teacher reads of a class that was graded: a line for each student, a table for each exercise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..exercises import EXERCISES, names
from ..text import Both, pick, readable
from .mistakes import frequent
from .results import Score
from .whole_class import Graded

MOST_MISTAKES = 3  # told of one exercise
WAITS = Both(es="faltan {points:g} por poner a mano", en="{points:g} to be given by hand")
HEAD = Both(es="estudiante", en="student"), Both(es="puntos", en="points"), Both(es="observaciones", en="remarks")
FULL = Both(es="{right} de {all} con todos los puntos", en="{right} of {all} with full points")
OF = Both(es="{count} de {all}: {what}", en="{count} of {all}: {what}")
NOT_GRADED = Both(es="sin corregir: {error}", en="not graded: {error}")


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

    def as_dict(self, lang: str) -> dict:
        """All of it as JSON; students by their names, as a teacher's tools need them."""
        return {
            "assignment": self.lesson,
            "students": [_student(one, lang) for one in sorted(self.graded, key=lambda one: one.student)],
            "exercises": [_exercise(name, scores, lang) for name, scores in self.scores.items()],
        }

    def table(self, lang: str) -> str:
        """The closing table of the command line."""
        found = self.as_dict(lang)
        rows = [[pick(title, lang) for title in HEAD]]
        rows += [[readable(one["student"]), _points(one), "; ".join(_remarks(one, lang))] for one in found["students"]]
        return "\n".join([*_columns(rows), "", *(line for one in found["exercises"] for line in _lines(one, lang))])


def _exercise(name: str, scores: Sequence[Score], lang: str) -> dict:
    """What a class has of one exercise, with what most students were told of."""
    right, most = sum(score.points == score.most for score in scores), EXERCISES[name].points
    mistakes = [{"count": count, "text": pick(text, lang)} for count, text in frequent(scores, MOST_MISTAKES)]
    return {"exercise": name, "points": most, "submissions": len(scores), "right": right, "mistakes": mistakes}


def _lines(exercise: dict, lang: str) -> Iterator[str]:
    """The same in the closing table."""
    all_of_them = exercise["submissions"]
    yield f"{exercise['exercise']}: {pick(FULL, lang).format(right=exercise['right'], all=all_of_them)}"
    for one in exercise["mistakes"]:
        yield "  " + pick(OF, lang).format(count=one["count"], all=all_of_them, what=one["text"])


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
        "remarks": [pick(remark, lang) for remark in found.remarks],
        "exercises": {score.exercise: score.points for score in found.scores},
    }


def _points(one: dict) -> str:
    return "–" if "error" in one else f"{round(one['score'], 2):g}/{one['max_score']:g}"


def _remarks(one: dict, lang: str) -> list[str]:
    if "error" in one:
        return [pick(NOT_GRADED, lang).format(error=one["error"])]
    waits = [pick(WAITS, lang).format(points=one["waiting"])] if one["waiting"] else []
    return waits + [readable(remark).rstrip(".") for remark in [*one["repairs"], *one["remarks"]]]


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def in_a_line(one: Graded, lang: str) -> str:
    """A student's points in a log."""
    found = _student(one, lang)
    return "; ".join([_points(found), *_remarks(found, lang)])
