"""python app.py --with FILE: what is refused, each in one sentence and with exit status 2."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ..text import Both, UnknownLanguage, default_language, pick
from . import texts

HERE = ("", "localhost", "127.0.0.1", "::1", "[::1]")  # names of this machine alone
YES = ("1", "true", "yes", "on")


def guest(arguments: Sequence[str]):
    """What the page gains by the command line's arguments (guest.py), None without --with. Ends the process."""
    said = {name: value.strip() for name, value in os.environ.items()}
    try:
        lang = default_language()
    except UnknownLanguage as error:
        sys.exit(f"error: {error}")
    parser = argparse.ArgumentParser(prog="python app.py", description=pick(texts.ABOUT, lang))
    parser.add_argument("--with", dest="file", type=Path, metavar="FILE", help=pick(texts.HELP, lang))
    parser.add_argument("--share", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.file is None:
        return None
    if options.share or said.get("GRADIO_SHARE", "").lower() in YES:
        refuse(texts.SHARED)
    if said.get("SPACE_ID"):
        refuse(texts.SPACE)
    if (name := said.get("GRADIO_SERVER_NAME", "")) not in HERE:
        refuse(texts.LISTENING.format(name=name))
    return _of(options.file, lang)


def _of(file: Path, lang: str):
    from .source import FUNCTIONS, Unusable, read

    try:
        found = read(file).found
    except Unusable as error:
        refuse(error.sentence)
    from .guest import SHOWN, Guest
    from .runner import Runner, place

    if not SHOWN.intersection(found):
        names = ", ".join(name for name in FUNCTIONS if name in SHOWN)
        refuse(texts.UNSHOWN.format(found=", ".join(found), names=names))
    runner = Runner(file, place())
    if warning := runner.warning():
        print(pick(warning, lang), file=sys.stderr)
    return Guest(runner)


def refuse(sentence: Both) -> NoReturn:
    print(f"error: {pick(sentence, default_language())}", file=sys.stderr)
    sys.exit(2)
