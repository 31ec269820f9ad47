"""`python -m helpers.killed STEP WORDS`: the command line, whose second process is killed at that step, once."""

import os
import signal
import sys
from pathlib import Path

from vae_course import __main__ as command_line
from vae_course import fit

advance, died = fit.advance, Path("died")


def advance_or_die(state):
    if (os.environ["RANK"], state.step) == ("1", step) and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    advance(state)


if __name__ == "__main__":
    step = int(sys.argv.pop(1))
    fit.advance = advance_or_die
    command_line.main()
