"""The likely errors of each lesson, `tests/grading/errors/<lesson>.toml`, and what is told to whoever makes them.

In a file, `setup` is what cells before the answers define. Each exercise has a right `answer` and, by name, its errors:
the answer with a `change` (a text, what stands there instead, the next text, ...) or a `code` of its own. `told` is
what the hidden checks say of it first and `check` what the visible one says, where that differs: a sentence by its name
(in `vae_course/sentences.toml`, or of a constant in faults or kinds), or a piece of one, [Spanish, English]; "" for
none. `never` is what neither may say. An optional exercise has no hidden checks.

    PYTHONPATH=.:tests python -m helpers.errors LESSON [EXERCISE]    prints what comes
"""

import contextlib
import io
import linecache
import re
import sys
import tempfile
import tomllib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from helpers.grading import CHECKS
from vae_course import faults, kinds
from vae_course.confined.process import Zygote
from vae_course.exercises import EXERCISES
from vae_course.grading.score import Score, score_many
from vae_course.notebook import reader
from vae_course.sentences import SAID
from vae_course.text import Both

FOLDER = Path(__file__).parents[1] / "grading" / "errors"
Words = str | tuple[str, ...] | None


@dataclass(frozen=True)
class Error:
    exercise: str
    name: str  # "right" is none
    source: str
    told: Words = None
    check: Words = None
    never: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.exercise}.{self.name}"


@dataclass(frozen=True)
class Heard:
    """What is said of one answer."""

    error: Error
    score: Score | None  # of the hidden checks; None where there are none
    visible: Both | None

    @property
    def hidden(self) -> list[Both]:
        """What the hidden checks say of the properties that count and do not hold."""
        return [one.message for one in self.score.results if not one.passed and one.judged] if self.score else []

    @property
    def details(self) -> list[str]:
        """The English of `hidden` without the properties themselves."""
        failed = [one for one in self.score.results if not one.passed and one.judged] if self.score else []
        return [one.message.en.removeprefix(one.statement.en).strip() for one in failed]

    @property
    def texts(self) -> list[str]:
        """All that is said, in both languages."""
        return [text for both in [*self.hidden, *([self.visible] if self.visible else [])] for text in both]


def errors(lesson: str) -> list[Error]:
    """All errors of a lesson, each exercise's right answer before them."""
    table = tomllib.loads((FOLDER / f"{lesson}.toml").read_text(encoding="utf-8"))
    setup, found = table.pop("setup").lstrip(), []
    for exercise, cases in table.items():
        answer = cases.pop("answer")
        found.append(Error(exercise, "right", setup + answer))
        for name, case in cases.items():
            source = setup + (case["code"] if "code" in case else changed(answer, case["change"]))
            told, never = words(case.get("told")), tuple(case.get("never", ()))
            found.append(Error(exercise, name, source, told, words(case.get("check", told)), never))
    return found


def words(written: str | list[str] | None) -> Words:
    """What a file says is told, with tuples for lists."""
    return written if written is None or isinstance(written, str) else tuple(written)


def changed(answer: str, change: list[str]) -> str:
    """The answer with one text after the other replaced. Raises ValueError where one is not there."""
    for old, new in zip(change[::2], change[1::2], strict=True):
        if old not in answer:
            raise ValueError(f"{old!r} is not in {answer}")
        answer = answer.replace(old, new)
    return answer


def heard(made: list[Error], zygote: Zygote) -> list[Heard]:
    """What the checks say of these answers, the hidden ones in one session."""
    with tempfile.TemporaryDirectory() as folder:
        files = {error: Path(folder) / f"{error}.py" for error in made}
        for error, file in files.items():
            file.write_text(error.source, encoding="utf-8")
        graded = [error for error in made if error.exercise in EXERCISES]
        scores = score_many([(error.exercise, files[error]) for error in graded], CHECKS, zygote=zygote)
    found = dict(zip(graded, scores, strict=True))
    return [Heard(error, found.get(error), visible(error)) for error in made]


def visible(error: Error) -> Both | None:
    """What the visible check says of an answer in a cell of its own."""
    cell, namespace = f"<{error}>", {"__name__": "cell"}
    linecache.cache[cell] = len(error.source), None, error.source.splitlines(keepends=True), cell
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what answers do is theirs
            exec(compile(error.source, cell, "exec"), namespace)
            return reader.complaint(error.exercise, namespace)
    finally:
        torch.set_grad_enabled(True)  # some leave them off
        del linecache.cache[cell]


def says(text: Both | None, words: Words) -> bool:
    """Whether a message in both languages holds those words; what a sentence fills in may be anything."""
    if not words:
        return (text is None) == (words == "")
    if text is None:
        return False
    wanted = sentence(words) if isinstance(words, str) else Both(*words)
    patterns = [re.sub(r"\\\{\w+\\\}", ".*", re.escape(piece)) for piece in wanted]
    return all(re.search(pattern, said) for pattern, said in zip(patterns, text, strict=True))


def sentence(name: str) -> Both:
    """A sentence by its name."""
    return next(vars(place)[name] for place in (SAID, faults, kinds, reader) if name in vars(place))


def main(lesson: str, exercises: Iterable[str] = ()) -> None:
    """Print what comes of each error of a lesson."""
    made = [error for error in errors(lesson) if not exercises or error.exercise in exercises]
    with Zygote() as zygote:
        for one in heard(made, zygote):
            points = f"{one.score.points:g}/{one.score.most:g}" if one.score else ""
            print(f"{one.error} {points}", *(f"  hidden: {text}" for both in one.hidden for text in both), sep="\n")
            print(*(f"  visible: {text}" for text in one.visible or ["-"]), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
