"""What a student's process does while no answer comes: it computes, sleeps, or waits for what never happens.

What it may use is limited, not what the clock shows: on a busy machine a right answer takes long and is no less right.
"""

import contextlib
import itertools
import linecache
import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..faults import joined, line_words
from ..text import Both

TICK = 0.25  # seconds between two looks
PER_SECOND = os.sysconf("SC_CLK_TCK")  # the unit of CPU time in /proc
BUSY = 0.05  # a process that computes less than this share of a tick stands still
LONG_ENOUGH = 10.0  # seconds for a process to say which line it is at
MOST_TRACED = 2**20  # bytes of what it says

LOOP = Both(
    es="Pasaron {seconds:g} segundos de cómputo sin llegar al final: ¿hay un bucle que no termina?",
    en="It computed for {seconds:g} seconds without coming to an end: is there a loop that never ends?",
)
SLOW = Both(
    es="Todas las llamadas juntas pasaron de {seconds:g} segundos de cómputo: el código es demasiado lento.",
    en="All calls together computed for more than {seconds:g} seconds: the code is too slow.",
)
SLEEP = Both(
    es="Pasaron {seconds:g} segundos durmiendo, sin computar nada: ¿hay un sleep en el código?",
    en="It slept for {seconds:g} seconds without computing anything: is there a sleep in the code?",
)
LOCK = Both(
    es="Pasaron {seconds:g} segundos esperando un candado (lock) que nadie libera, o un hilo que no termina.",
    en="It waited {seconds:g} seconds for a lock that nobody releases, or a thread that does not end.",
)
INPUT = Both(
    es="Pasaron {seconds:g} segundos esperando algo que no llega: ¿una entrada, otro proceso?",
    en="It waited {seconds:g} seconds for something that does not come: some input, another process?",
)
NO_ANSWER = Both(
    es="En {seconds:g} segundos de reloj no hubo respuesta.", en="There was no answer within {seconds:g} seconds."
)
FULL = Both(
    es="El código llenó su carpeta: más de {gigabytes:.2g} GB o {files} archivos.",
    en="The code filled its folder: more than {gigabytes:.2g} GB, or {files} files.",
)


@dataclass(frozen=True)
class Limits:
    """Of a student's process."""

    call: float = 10.0  # seconds of CPU time for one request, and for loading the file
    total: float = 60.0  # seconds of CPU time for all requests together
    still: float = 20.0  # seconds in one request in which nothing is computed and nothing waits for its turn
    wall: float = 1800.0  # seconds by the clock for one request: only a hang of another kind meets it
    memory: int = 4 * 2**30  # bytes of address space beyond torch's own
    disk: int = 2**30  # bytes of files in its folder
    files: int = 10_000  # and folders in it


@dataclass(frozen=True)
class Look:
    """A process and those that it started, at one moment."""

    cpu: float  # seconds of CPU time so far
    asleep: bool  # no thread runs, waits for a processor or for a disk: all sleep, or are stopped
    waits_in: str  # where in the kernel the main thread is, if it sleeps


def look(session: int) -> Look:
    """The processes of a session, which its leader's id names."""
    cpu, states = 0.0, ""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, its_session, *rest = _fields(process / "stat")
            if int(its_session) == session:
                cpu += sum(map(int, rest[7:11])) / PER_SECOND  # its own and that of children that ended
                states += "".join(_fields(thread)[0] for thread in (process / "task").glob("*/stat")) or state
        except (OSError, IndexError, ValueError):
            continue  # it ended meanwhile
    return Look(cpu, bool(states) and set(states) <= set("SIZTt"), _waits_in(session))


def children(parent: int) -> list[int]:
    """The processes that have this one for a parent."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):  # it ended meanwhile
            if int(_fields(process / "stat")[1]) == parent:
                found.append(int(process.name))
    return found


def _fields(stat: Path) -> list[str]:
    """A line of /proc/*/stat from the state on; the name before it may hold anything."""
    return stat.read_text().rpartition(")")[2].split()


def _waits_in(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        return ""


class Watch:
    """Looks at a process during one request."""

    def __init__(self, pid: int, limits: Limits, look: Callable[[int], Look] = look):
        self.pid, self.limits, self._look = pid, limits, look
        self._started, self._still = time.monotonic(), 0.0
        self._first = self._last = look(pid)

    def complaint(self) -> Both | None:
        """Why to wait no longer, asked once a TICK; None while there is no reason.

        A look adds at most one TICK to the time that the process stood still, however late the look comes.
        """
        now, limits = self._look(self.pid), self.limits
        computed = now.cpu - self._last.cpu
        self._still += TICK if now.asleep and self._last.asleep and computed < BUSY * TICK else 0.0
        self._last = now
        if now.cpu - self._first.cpu > limits.call:
            return LOOP.format(seconds=limits.call)
        if now.cpu > limits.total:
            return SLOW.format(seconds=limits.total)
        if self._still > limits.still:
            return _stillness(now.waits_in).format(seconds=limits.still)
        return NO_ANSWER.format(seconds=limits.wall) if time.monotonic() - self._started > limits.wall else None


def full(folder: Path, limits: Limits) -> Both | None:
    """That a process's folder holds more than it may, if so."""
    taken, count, folders = 0, 0, [folder]
    while folders and taken <= limits.disk and count <= limits.files:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as inner:  # it may go while we look
            for one in itertools.islice(inner, limits.files + 1 - count):
                count += 1
                taken += one.stat(follow_symlinks=False).st_blocks * 512
                if one.is_dir(follow_symlinks=False):
                    folders.append(Path(one.path))
    if taken <= limits.disk and count <= limits.files:
        return None
    return FULL.format(gigabytes=limits.disk / 2**30, files=limits.files)


def _stillness(waits_in: str) -> Both:
    if "nanosleep" in waits_in:
        return SLEEP
    return LOCK if "futex" in waits_in else INPUT


def at_line(why: Both, pid: int, sources: Sequence[str], trace: IO[str]) -> Both:
    """The same with the line of the student's code that the process is at, which it writes to `trace` when asked.

    sources: the file, or the names of a notebook's cells.
    """
    try:
        os.kill(pid, signal.SIGUSR1)
        os.kill(pid, signal.SIGCONT)  # it may be stopped
    except ProcessLookupError:
        return why
    deadline, known = time.monotonic() + LONG_ENOUGH, "|".join(map(re.escape, sources))
    while time.monotonic() < deadline:
        said = os.pread(trace.fileno(), MOST_TRACED, 0).decode(errors="replace")  # reading would move where it writes
        if found := re.search(rf'File "({known})", line (\d{{1,6}}) in', said):
            line = int(found[2])
            return joined([why, *line_words(line, linecache.getline(found[1], line).strip())])
        time.sleep(0.02)
    return why
