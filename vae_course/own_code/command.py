"""python app.py --with FILE: what is refused, each in one sentence and with exit status 2."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..text import Both, default_language, pick
from . import texts
from .source import FUNCTIONS, Unusable, read

HERE = ("", "localhost", "127.0.0.1", "::1", "[::1]")  # names of this machine alone


def guest(arguments: Sequence[str]):
    """What the page gains by the command line's arguments (guest.py), None without --with. Ends the process."""
    lang = default_language()
    parser = argparse.ArgumentParser(prog="python app.py", description=pick(texts.ABOUT, lang))
    parser.add_argument("--with", dest="file", type=Path, metavar="FILE", help=pick(texts.HELP, lang))
    parser.add_argument("--share", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.file is None:
        return None
    try:
        _check(options.share)
        found = read(options.file).found
        from .guest import SHOWN, Guest

        if not SHOWN.intersection(found):
            names = ", ".join(name for name in FUNCTIONS if name in SHOWN)
            raise Unusable(texts.UNSHOWN.format(found=", ".join(found), names=names))
    except Unusable as error:
        print(f"error: {pick(error.sentence, lang)}", file=sys.stderr)
        sys.exit(2)
    from .runner import Runner, place

    runner = Runner(options.file, place())
    if warning := runner.warning():
        print(pick(warning, lang), file=sys.stderr)
    return Guest(runner)


def _check(share: bool) -> None:
    """Raises Unusable where others than whoever sits here could come to the page."""
    said = {name: os.environ.get(name, "").strip() for name in ("GRADIO_SHARE", "SPACE_ID", "GRADIO_SERVER_NAME")}
    refused: list[tuple[bool, Both]] = [
        (share or said["GRADIO_SHARE"].lower() in ("1", "true", "yes", "on"), texts.SHARED),
        (bool(said["SPACE_ID"]), texts.SPACE),
        (said["GRADIO_SERVER_NAME"] not in HERE, texts.LISTENING.format(name=said["GRADIO_SERVER_NAME"])),
    ]
    for is_so, sentence in refused:
        if is_so:
            raise Unusable(sentence)
