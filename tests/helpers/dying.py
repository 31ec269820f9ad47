"""What Dask's workers do instead of scheduler.judge, so that they die as one whose machine has no memory left.

They import it from here. Who ends a worker is named by the student's folder.
"""

import os
import signal

from vae_course.grading import scheduler


def once(folder, *rest):
    """Judges, but the worker dies before it can say what it found, the first time that it is `ana`'s turn."""
    found = scheduler.judge(folder, *rest)
    mark = folder.parents[2] / "died"
    if folder.parent.name == "ana" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return found


def always(folder, *rest):
    """`ana`'s submission ends whichever worker has it."""
    if folder.parent.name == "ana":
        with open(folder.parents[2] / "deaths", "a", encoding="utf-8") as deaths:
            deaths.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return scheduler.judge(folder, *rest)
