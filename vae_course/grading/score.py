"""From checks to points: plain files, each in a process of its own."""

import contextlib
import functools
import io
from collections.abc import Callable
from pathlib import Path

from ..confined.process import Child, Zygote
from ..confined.student import InProcess
from ..confined.watch import Limits
from ..confined.worker import executed
from ..exercises import EXERCISES
from ..text import Both, pick
from .plugin import Job, run
from .results import Score

UNANSWERED = Both(es="Sin responder todavía (NotImplementedError).", en="Not answered yet (NotImplementedError).")
LIMIT = Both(
    es="Quedan a lo sumo {limit} de {most} puntos mientras no se cumpla: «{property}»",
    en='At most {limit} of {most} points are left while this does not hold: "{property}"',
)
LENT = Both(
    es="Se juzgó con {names} del curso y no con lo propio, que perdió puntos más arriba: cada error se paga una vez.",
    en="Judged with the course's {names} in place of your own, which lost points above: each mistake is paid for once.",
)


def score_many(
    answers: list[tuple[str, Path]], checks: Path, limits: Limits | None = None, *, zygote: Zygote | None = None
) -> list[Score]:
    """Grades (exercise, file) pairs by the checks in a folder, in one session, each file in a child process.

    zygote: whose children they are; by default a new one's. Raises NoChecks.
    """
    with contextlib.ExitStack() as stack:
        parent = zygote or stack.enter_context(Zygote())
        return _scores(answers, checks, lambda name, file: Child(parent, file, limits or Limits(), (name,)))


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
    if score.lent:
        lines.append(f"  {pick(LENT.format(names=', '.join(score.lent)), lang)}")
    return "\n".join(lines)
