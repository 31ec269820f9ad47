"""The process that judges submissions one after the other: reads, rebuilds, runs and checks. It records nothing.

Started as a program (programs.py) it is asked over a connection, by whole_class.py; elsewhere `verdict` can be called
as it is.
"""

import atexit
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from ..confined import sandbox, zygote
from ..confined.process import Process, Zygote
from ..text import LANGUAGES
from . import submission
from .normalize import normalized
from .released import released
from .verdict import Course, Verdict, refused, summed_up


def verdict(folder: Path, lesson: str, course: Course) -> Verdict:
    """What the submission in a folder is worth, whatever is in it.

    Raises NoChecks, RuntimeError where the checks or the processes fail, which is no student's fault.
    """
    from . import referee  # with pytest, which no zygote that is a copy of this process is to have

    try:
        handed_in, repairs = submission.opened(folder, lesson)
    except submission.Unreadable as error:
        return refused(error.reason, lesson, course)
    named = submission.language(handed_in)
    known = {lang: released(course.root, lesson, lang) for lang in ([named] if named else LANGUAGES)}
    lang = named or submission.likest(handed_in, known, course.language)
    rebuilt, more = normalized(handed_in, known[lang])
    parent = KEPT.zygote()
    scores = referee.judge(rebuilt, parent, course.checks, course.limits, course.trust, course.salt)
    return summed_up(rebuilt, [*repairs, *more], lesson, scores=tuple(scores), layers=parent.layers)


class Kept:
    """This process's one zygote, started when it is needed and again when it died."""

    def __init__(self):
        self._zygote: Zygote | None = None

    def zygote(self) -> Zygote:
        if self._zygote and self._zygote.process.poll() is not None:
            self.close()
        self._zygote = self._zygote or Zygote()
        return self._zygote

    def begin_with(self, zygote: Zygote) -> None:
        self._zygote = zygote

    def close(self) -> None:
        if self._zygote:
            self._zygote.close()
            self._zygote = None


KEPT = Kept()
atexit.register(KEPT.close)


def copy(asked: socket.socket) -> Process:
    """A zygote that is a copy of this process, which saves loading torch twice."""
    if pid := os.fork():
        return Copy(pid)
    try:
        sandbox.keep_only(asked.fileno())
        zygote.serve(asked)
    finally:
        os._exit(0)


@dataclass
class Copy:
    """A forked process, as subprocess.Popen speaks of one."""

    pid: int
    status: int | None = None

    def poll(self) -> int | None:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status

    def wait(self, timeout: float = 5.0) -> int | None:
        end = time.monotonic() + timeout
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        return self.status

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def main(descriptor: int) -> None:
    """Judges what is asked for, until nobody can ask any more: (folder, lesson, course) -> a verdict, or an error."""
    connection = Connection(descriptor)
    KEPT.begin_with(Zygote(copy))
    with suppress(EOFError, OSError):
        while True:
            asked = connection.recv()
            try:
                found: Verdict | str = verdict(*asked)
            except Exception as error:  # not the student's: the others' turn comes
                found = f"{type(error).__name__}: {error}"
            connection.send(found)


if __name__ == "__main__":
    main(int(sys.argv[1]))
