"""The grading command: python -m vae_course.grading score --exercise NAME --file A.py B.py ... [--json]"""

import argparse
import json
import os
import sys
from pathlib import Path

from ..exercises import EXERCISES
from ..text import LANGUAGES, default_language
from .checks import IN_REPOSITORY, VARIABLE, NoChecks

ONLY_LINUX = (
    "answers are graded on Linux, where a process can be forked and kept within limits: on Windows that is inside WSL, "
    "on macOS in a container or on a server"
)
BESIDE = Path(__file__).parents[2] / IN_REPOSITORY  # of the package, where it runs from the repository


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    if sys.platform != "linux":
        return complain(ONLY_LINUX)
    if options.exercise not in EXERCISES:
        return complain(f"no exercise is called {options.exercise}; there are: {', '.join(EXERCISES)}")
    missing = [str(file) for file in options.file if not file.is_file()]
    if missing:
        return complain(f"no such file: {', '.join(missing)}")
    from .score import report, score_many
    from .watch import Limits

    limits = Limits(call=options.timeout, total=6 * options.timeout)
    try:
        scores = score_many([(options.exercise, file) for file in options.file], options.checks, limits)
    except NoChecks as error:
        return complain(str(error))
    for score in scores:
        print(
            json.dumps(score.as_dict(options.lang), ensure_ascii=False) if options.json else report(score, options.lang)
        )
    return 0


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m vae_course.grading", description="Grade answers to the exercises.")
    commands = whole.add_subparsers(required=True, metavar="score")
    score = commands.add_parser("score", help="Grade plain Python files.")
    score.add_argument("--exercise", required=True, metavar="NAME", help="Such as kl_divergence.")
    score.add_argument("--file", required=True, nargs="+", type=Path, metavar="FILE")
    score.add_argument("--json", action="store_true", help="One JSON object a line and file.")
    score.add_argument(
        "--checks", type=Path, metavar="FOLDER", default=Path(os.environ.get(VARIABLE) or BESIDE),
        help=f"The hidden checks (default: {VARIABLE}, else those of the repository).",
    )  # fmt: skip
    score.add_argument("--lang", choices=LANGUAGES, default=default_language(), help="Of the messages.")
    score.add_argument(
        "--timeout", type=float, default=10.0, metavar="SECONDS", help="Of CPU time for one call (default 10)."
    )
    return whole


def complain(what: str) -> int:
    print(f"error: {what}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
