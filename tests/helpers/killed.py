"""`python -m helpers.killed STEP WORDS`: the command line, whose second process is killed at that step, once."""

import itertools
import os
import signal
import sys
from pathlib import Path

from vae_course import __main__ as command_line
from vae_course import fit

train_step, died, done = fit.train_step, Path("died"), itertools.count()


def step_or_die(*args, **options):
    losses = train_step(*args, **options)
    if (os.environ["RANK"], next(done)) == ("1", step) and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return losses


if __name__ == "__main__":
    step = int(sys.argv.pop(1))
    fit.train_step = step_or_die
    command_line.main()
