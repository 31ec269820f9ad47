"""From checks to points: plain files, each in a process of its own."""

import contextlib
import importlib.util
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from ..text import Both, pick
from .contract import EXERCISES
from .plugin import Job, Result, run
from .student import Child, InProcess, Limits, Zygote

UNANSWERED = Both(es="Sin responder todavía (NotImplementedError).", en="Not answered yet (NotImplementedError).")


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
        return round(sum(self.worth(result) for result in self.results if result.passed), 4)

    def worth(self, result: Result) -> float:
        """A check's share of the exercise's points."""
        return self.most * result.weight / sum(one.weight for one in self.results)

    def as_dict(self, lang: str) -> dict:
        gone = any(result.gone for result in self.results)
        tests = [
            {
                "name": one.name,
                "points": round(self.worth(one), 4),
                "score": round(self.worth(one), 4) if one.passed and not gone else 0.0,
                "message": "" if one.passed else pick(one.message, lang),
            }
            for one in self.results
        ]
        whole = {"file": self.file, "exercise": self.exercise, "score": self.points, "max_score": self.most}
        return whole | {"tests": tests}


def score_files(exercise: str, files: list[Path], limits: Limits | None = None) -> list[Score]:
    """Grades plain files, each in a child process. Raises KeyError for an exercise that is none of the course's."""
    return score_many([(exercise, file) for file in files], limits)


def score_many(answers: list[tuple[str, Path]], limits: Limits | None = None, *, here: bool = False) -> list[Score]:
    """Grades (exercise, file) pairs in one session, in children, or `here` in this process (which must trust them)."""
    with contextlib.ExitStack() as stack:
        zygote = None if here else stack.enter_context(Zygote())

        def connector(file: Path):
            return lambda: InProcess(loaded(file)) if here else Child(zygote, file, limits or Limits())

        jobs = [Job(EXERCISES[exercise].name, str(file), connector(Path(file))) for exercise, file in answers]
        found = run(jobs)
    return [Score(job.name, job.exercise, results) for job, results in zip(jobs, found, strict=True)]


def loaded(file: Path) -> dict:
    """A file's namespace, loaded as a module of its own into this process."""
    name = f"answer_{abs(hash(str(file)))}"
    spec = importlib.util.spec_from_file_location(name, file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    with contextlib.redirect_stdout(io.StringIO()):
        spec.loader.exec_module(module)
    return vars(module)


def report(score: Score, lang: str) -> str:
    """An answer's points and each check's outcome, to be read; one sentence where nothing was written yet."""
    file = "" if score.file == score.exercise else f"{score.file}: "
    lines = [f"{file}{score.exercise} {score.points:g}/{score.most:g}"]
    if all(not one.passed and "NotImplementedError" in one.message.en for one in score.results):
        return "\n".join([*lines, f"  ✗ {pick(UNANSWERED, lang)}"])
    for one in score.results:
        sign = "✓" if one.passed else "✗"
        lines.append(f"  {sign} {pick(one.property if one.passed else one.message, lang)}")
    return "\n".join(lines)
