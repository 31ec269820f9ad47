"""A class graded: a process for each worker judges, this one records, student by student, whatever happens to one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

from ..text import Both
from . import programs
from .records import Records
from .verdict import Course, Verdict, refused

ATTEMPTS = 2  # to judge a submission whose process dies
DIED = Both(
    es="El programa que corrige terminó de golpe {times} veces con esta entrega, por ejemplo por falta de memoria.",
    en="The grading program ended abruptly {times} times with this submission, for want of memory perhaps.",
)


@dataclass(frozen=True)
class Graded:
    """What became of one student."""

    student: str
    verdict: Verdict | None  # with the points that stand in the gradebook
    error: str = ""  # why there is no verdict: the checks' or the gradebook's fault, not the student's


class NoScheduler(Exception):
    """Nobody can be asked to judge at an address; the message says which."""


def graded(
    students: Iterable[str], records: Records, course: Course, workers: int = 1, scheduler: str | None = None
) -> Iterator[Graded]:
    """Judges and records, in the order in which they are done.

    Workers are processes here, or those of the Dask scheduler whose address is given. Raises NoScheduler.
    """
    folders = {records.submitted(student): student for student in students}
    going = by_scheduler(folders, records.lesson, course, scheduler) if scheduler else None
    for folder, found in going or judged(folders, records.lesson, course, workers):
        yield recorded(folders[folder], found, records)


def by_scheduler(
    folders: Iterable[Path], lesson: str, course: Course, address: str
) -> Iterator[tuple[Path, Verdict | str]]:
    """scheduler.judged, which needs a package that few have a use for. Raises NoScheduler."""
    try:
        from . import scheduler
    except ModuleNotFoundError as error:
        raise NoScheduler(f"{error}: python -m pip install distributed") from None
    return scheduler.judged(folders, lesson, course, address)


def recorded(student: str, found: Verdict | str, records: Records) -> Graded:
    if isinstance(found, str):
        return Graded(student, None, found)
    try:
        return Graded(student, records.record(student, found))
    except Exception as error:  # whatever it is: the others' turn comes
        return Graded(student, None, f"{type(error).__name__}: {error}")


def judged(
    folders: Iterable[Path], lesson: str, course: Course, workers: int = 1
) -> Iterator[tuple[Path, Verdict | str]]:
    """The verdict on each folder, or why there is none.

    A process that dies is replaced and its folder tried again: the one that ends it each time has 0, and a reason.
    """
    waiting, attempts = iter(folders), Counter[Path]()
    busy: dict[Connection, tuple[Judge, Path]] = {}

    def begin(judge: Judge | None, folder: Path | None) -> None:
        if folder is None:
            if judge:
                judge.close()
            return
        judge = judge or Judge()
        attempts[folder] += 1
        busy[judge.connection] = judge, folder
        with suppress(OSError):  # it has died already, which shows when its answer is awaited
            judge.connection.send((folder, lesson, course))

    try:
        for _, folder in zip(range(workers), waiting, strict=False):
            begin(None, folder)
        while busy:
            ready = wait(list(busy))
            connection = next(one for one in busy if one in ready)
            judge, folder = busy.pop(connection)
            free: Judge | None = judge
            try:
                found: Verdict | str = connection.recv()
            except (EOFError, OSError):
                judge.close()
                free = None
                if attempts[folder] < ATTEMPTS:
                    begin(free, folder)
                    continue
                found = refused(DIED.format(times=ATTEMPTS), lesson, course)
            begin(free, next(waiting, None))
            yield folder, found
    finally:
        for judge, _ in busy.values():
            judge.close()


class Judge:
    """A process that judges."""

    def __init__(self):
        self.connection, theirs = Pipe()
        with theirs:
            self.process = programs.judge(theirs)

    def verdict(self, folder: Path, lesson: str, course: Course) -> Verdict | str:
        """Raises EOFError or OSError where the process dies."""
        self.connection.send((folder, lesson, course))
        return self.connection.recv()

    def close(self) -> None:
        self.connection.close()  # it ends when nobody can ask any more
        self.process.kill()
        self.process.wait()
