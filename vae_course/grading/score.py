"""From checks to points: plain files, each in a process of its own."""

import contextlib
import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..exercises import EXERCISES
from ..text import Both, pick
from .plugin import Job, run
from .process import Child, Zygote
from .results import Result
from .student import InProcess
from .watch import Limits
from .worker import executed

UNANSWERED = Both(es="Sin responder todavía (NotImplementedError).", en="Not answered yet (NotImplementedError).")
LIMIT = Both(
    es="Quedan a lo sumo {limit} de {most} puntos mientras no se cumpla: «{property}»",
    en='At most {limit} of {most} points are left while this does not hold: "{property}"',
)


@dataclass(frozen=True)
class Score:
    """One answer's points for one exercise."""

    file: str
    exercise: str
    results: list[Result]

    @property
    def most(self) -> float:
        return float(EXERCISES[self.exercise].points)

    @property
    def points(self) -> float:
        """Of most; 0 for an answer whose process did not live to the end."""
        if any(result.gone for result in self.results):
            return 0.0
        return round(min(self.earned, self.limit), 4)

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


def score_many(
    answers: list[tuple[str, Path]], checks: Path, limits: Limits | None = None, *, zygote: Zygote | None = None
) -> list[Score]:
    """Grades (exercise, file) pairs by the checks in a folder, in one session, each file in a child process.

    zygote: whose children they are; by default a new one's. Raises NoChecks.
    """
    with contextlib.ExitStack() as stack:
        parent = zygote or stack.enter_context(Zygote())
        return _scores(answers, checks, lambda name, file: Child(parent, file, limits or Limits(), name))


def score_here(answers: list[tuple[str, Path]], checks: Path) -> list[Score]:
    """As score_many, in this process, which must trust the files."""
    return _scores(answers, checks, lambda _, file: InProcess(loaded(file)))


def _scores(answers: list[tuple[str, Path]], checks: Path, connect: Callable[[str, Path], object]) -> list[Score]:
    jobs = [
        Job(EXERCISES[name].name, str(file), functools.partial(connect, name, Path(file))) for name, file in answers
    ]
    results = run(jobs, checks)
    return [Score(job.name, job.exercise, checked) for job, checked in zip(jobs, results, strict=True)]


def loaded(file: Path) -> dict:
    """A file's namespace, loaded as a module of its own into this process."""
    with contextlib.redirect_stdout(io.StringIO()):
        return vars(executed(file, f"answer_{abs(hash(str(file)))}"))


def report(score: Score, lang: str) -> str:
    """An answer's points and each check's outcome, to be read; one sentence where nothing was written yet."""
    file = "" if score.file == score.exercise else f"{score.file}: "
    lines = [f"{file}{score.exercise} {score.points:g}/{score.most:g}"]
    if all(one.unanswered for one in score.results):
        return "\n".join([*lines, f"  ✗ {pick(UNANSWERED, lang)}"])
    for one in score.results:
        sign = "✓" if one.passed else "✗" if one.judged else "·"
        lines.append(f"  {sign} {pick(one.statement if one.passed else one.message, lang)}")
    if round(score.limit, 4) < round(score.earned, 4):
        worst = min((one for one in score.results if not one.passed), key=lambda one: one.leaves)
        limit = LIMIT.format(limit=f"{score.limit:.3g}", most=f"{score.most:g}", property=worst.statement)
        lines.append(f"  {pick(limit, lang)}")
    return "\n".join(lines)
