"""Where a student's code runs: never in the demo's process; confined as when it is graded, where the system can.

What comes back is looked at like a stranger's (confined/replies.py). What does not end costs its time once: until the
file changes it is not called again.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ..confined.student import Gone, Student
from ..text import Both
from . import texts
from .bare import Bare
from .source import Source, read

Result = TypeVar("Result")


class Confined:
    """Processes of the grader's sandbox (Linux), forked from one that has loaded torch."""

    def __init__(self, seconds: float = 5.0):
        """seconds: of computing, or of standing still, for one request."""
        from ..confined.process import Child, Zygote
        from ..confined.watch import Limits

        limits = Limits(call=seconds, total=60.0, still=seconds, wall=120.0, memory=2 * 2**30)
        self._new, self._parent = Zygote, Zygote()
        self._child = lambda parent: Child(parent, None, limits)
        child = self.begin()
        self.lacks = missing(child.layers)
        child.close()

    def begin(self):
        if self._parent.process.poll() is not None:
            self._parent.close()
            self._parent = self._new()
        return self._child(self._parent)

    def end(self) -> None:
        self._parent.close()


def missing(layers) -> tuple[Both, ...]:
    """What of the sandbox is not there, of its confined.sandbox.Layers."""
    named = ((texts.FILES, layers.landlock), (texts.CALLS, layers.seccomp))
    return tuple(name for name, there in named if not there)


def place() -> Confined | Bare:
    """The best there is on this system."""
    return Confined() if sys.platform == "linux" else Bare()


class Session:
    """The file as it is now, in a process that begins when something is first asked of it."""

    def __init__(self, source: Source, where: Confined | Bare, gone: dict[tuple[Source, str], Both]):
        self.source, self._where, self._gone = source, where, gone
        self._backend: Any = None  # a confined.process.Child, or a Bare

    def use(self, name: str, function: Callable[[Student], Result]) -> Result:
        """function(student), which asks the student's `name`. Raises Gone, and what the function raises."""
        student = Student(self._started())
        if why := self._gone.get((self.source, name)):
            raise Gone(*why)
        try:
            return function(student)
        except Gone as error:
            self._give_up(error, name)
            raise

    def _started(self):
        """The process, with all cells executed but those that do not end."""
        while self._backend is None:
            self._backend = self._where.begin()
            for cell in self.source.cells:
                if (self.source, cell.name) not in self._gone:
                    try:
                        self._backend.run(cell.name, cell.text)
                    except Gone as error:
                        self._give_up(error, cell.name, *cell.functions)
                        break
        return self._backend

    def _give_up(self, error: Gone, *names: str) -> None:
        self._gone |= {(self.source, name): error.text for name in names}
        self.close()

    def close(self) -> None:
        if self._backend:
            self._backend.close()
        self._backend = None


class Runner:
    """A student's file, read anew for each session; one session at a time."""

    def __init__(self, file: Path, where: Confined | Bare):
        self.file, self.lacks = file, where.lacks
        self._where, self._gone, self._lock = where, dict[tuple[Source, str], Both](), threading.Lock()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Raises Unusable."""
        with self._lock:
            session = Session(read(self.file), self._where, self._gone)
            try:
                yield session
            finally:
                session.close()

    def warning(self) -> Both | None:
        """What does not confine the code here, in a sentence; None where all does."""
        return texts.LACKS.format(what=Both(*map(", ".join, zip(*self.lacks, strict=True)))) if self.lacks else None
