"""The grading commands: python -m vae_course.grading score --exercise NAME --file A.py B.py ... [--json]

and, of the checks themselves: python -m vae_course.grading mutate [EXERCISE ...] [--json]
"""

import argparse
import json
import os
import sys
from pathlib import Path

from ..exercises import EXERCISES
from ..text import LANGUAGES, UnknownLanguage, default_language, pick
from .checks import IN_REPOSITORY, VARIABLE, NoChecks
from .only_linux import ONLY_LINUX

ROOT = Path(__file__).parents[2]  # of the repository, where it runs from there
BESIDE = ROOT / IN_REPOSITORY
BANK = ROOT / "tests" / "answers"


def main(arguments: list[str] | None = None) -> int:
    try:
        options = parser().parse_args(arguments)
    except UnknownLanguage as error:
        return complain(str(error))
    if sys.platform != "linux":
        return complain(ONLY_LINUX)
    named = [options.exercise] if isinstance(options.exercise, str) else options.exercise
    unknown = [name for name in named if name not in EXERCISES]
    if unknown:
        return complain(f"no exercise is called {unknown[0]}; there are: {', '.join(EXERCISES)}")
    try:
        return options.command(options)
    except NoChecks as error:
        return complain(str(error))


def score(options: argparse.Namespace) -> int:
    missing = [str(file) for file in options.file if not file.is_file()]
    if missing:
        return complain(f"no such file: {', '.join(missing)}")
    if notebooks := [str(file) for file in options.file if is_notebook(file)]:
        return complain(
            f"{notebooks[0]} is a notebook, which `python -m vae_course grade` takes; score takes Python files"
        )
    from ..confined.process import Zygote
    from ..confined.watch import Limits
    from .score import report, score_many

    limits = Limits(call=options.timeout, total=6 * options.timeout)
    answers = [(options.exercise, file) for file in options.file]
    with Zygote() as zygote:
        scores = score_many(answers, options.checks, limits, zygote=zygote)
    for one in scores:
        print(json.dumps(one.as_dict(options.lang), ensure_ascii=False) if options.json else report(one, options.lang))
    if zygote.layers and (lacks := zygote.layers.lacks()):
        print(pick(lacks, options.lang), file=sys.stderr)
    return 0


def is_notebook(file: Path) -> bool:
    try:
        return file.suffix.lower() == ".ipynb" or "cells" in json.loads(file.read_bytes())
    except (ValueError, TypeError, RecursionError):  # no JSON, or none that holds anything
        return False


def mutate(options: argparse.Namespace) -> int:
    """0 where 99 % of the mutants that are no equivalents lose marks and the table has no stale row, else 1."""
    from . import mutation
    from .mutation.report import ENOUGH, report, share, stale

    try:
        cases, times = mutation.run(options.exercise or list(EXERCISES), options.checks, options.answers, options.every)
    except mutation.NotRight as error:
        return complain(str(error))
    unused = stale(cases, mutation.table()) if options.every == 1 else []
    if options.json:
        print("\n".join(json.dumps(case.as_dict(), ensure_ascii=False) for case in cases))
    else:
        print(report(cases, unused), times, sep="\n")
    return int(share(cases) < ENOUGH or bool(unused))


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m vae_course.grading", description="Grade answers to the exercises.")
    commands = whole.add_subparsers(required=True, metavar="score | mutate")
    add_score(commands.add_parser("score", help="Grade plain Python files."))
    add_mutate(commands.add_parser("mutate", help="Try whether the checks take marks from answers made wrong."))
    return whole


def add_score(command: argparse.ArgumentParser) -> None:
    command.set_defaults(command=score)
    command.add_argument("--exercise", required=True, metavar="NAME", help="Such as kl_divergence.")
    command.add_argument("--file", required=True, nargs="+", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true", help="One JSON object a line and file.")
    add_checks(command)
    command.add_argument("--lang", choices=LANGUAGES, default=default_language(), help="Of the messages.")
    command.add_argument(
        "--timeout", type=float, default=10.0, metavar="SECONDS", help="Of CPU time for one call (default 10)."
    )


def add_mutate(command: argparse.ArgumentParser) -> None:
    command.set_defaults(command=mutate)
    command.add_argument("exercise", nargs="*", metavar="EXERCISE", help="Such as kl_divergence; all without any.")
    command.add_argument("--json", action="store_true", help="One JSON object a line and mutant.")
    command.add_argument("--every", type=int, default=1, metavar="N", help="Only one of N mutants: a quick look.")
    add_checks(command)
    command.add_argument("--answers", type=Path, metavar="FOLDER", default=BANK, help="Right answers, by exercise.")


def add_checks(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--checks", type=Path, metavar="FOLDER", default=Path(os.environ.get(VARIABLE) or BESIDE),
        help=f"The hidden checks (default: {VARIABLE}, else those of the repository).",
    )  # fmt: skip


def complain(what: str) -> int:
    print(f"error: {what}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
