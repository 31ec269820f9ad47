"""A class judged on many machines: Dask's workers judge, and whoever asked them records what they say.

A worker needs this package and the course's folder, under the path that it has here; a submission is read from there.
Each has one submission at a time. Where it dies, the submission is tried again at the end, with nothing beside it, so
that only what ends its worker alone too is held to be the cause.
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event

from distributed import CancelledError, Client, Future, KilledWorker, Security, connect

from .verdict import Course, Verdict, refused
from .whole_class import ATTEMPTS, DIED, Judge, NoScheduler

CONNECT = 5.0  # seconds for a scheduler to answer
LOOK = 1.0  # seconds from one look at who is still there to the next
FETCH = 60.0  # seconds for an answer that is there to come
PATIENCE = 60.0  # seconds without any worker
FREE: list[Judge] = []  # on a worker: processes that have nothing to judge

Files = dict[str, tuple[int, bool]]  # name -> bytes, and whether it can be read


def judged(folders: Iterable[Path], lesson: str, course: Course, address: str) -> Iterator[tuple[Path, Verdict | str]]:
    """As whole_class.judged, by the workers of a scheduler such as tcp://host:8786. Raises NoScheduler.

    Where the scheduler or all workers have gone for good, that is why there is no verdict on those who are left.
    """
    left, why = dict.fromkeys(folders), ""
    with connected(address) as client:
        try:
            for folder, found in by_workers(list(left), lesson, course, client):
                del left[folder]
                yield folder, found
        except (OSError, CancelledError) as error:
            why = f"{address}: {error}"
    for folder in left:
        yield folder, why


def connected(address: str) -> Client:
    """Raises NoScheduler."""
    try:
        asyncio.run(_reach(address))  # first: a Client that comes to nothing ends in a stack trace, and late
        return Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise NoScheduler(f"no Dask scheduler answers at {address}: {error}") from None


async def _reach(address: str) -> None:
    comm = await connect(address, timeout=CONNECT, **Security().get_connection_args("client"))
    comm.abort()


def by_workers(
    folders: list[Path], lesson: str, course: Course, client: Client
) -> Iterator[tuple[Path, Verdict | str]]:
    """Raises OSError or CancelledError where nobody is left who could judge."""
    waiting, suspects, alone = deque(folders), deque[Path](), set[Path]()
    busy: dict[str, tuple[Path, Future]] = {}  # by worker
    changed = Event()
    while waiting or suspects or busy:
        there = client.nthreads().keys()
        for worker, (folder, future) in list(busy.items()):
            if worker in there and not future.done():
                continue
            del busy[worker]
            found = outcome(future)
            if found or folder in alone:
                yield folder, found or refused(DIED.format(times=ATTEMPTS), lesson, course)
            else:
                suspects.append(folder)
        if suspects and not waiting and not busy:
            alone.add(suspects[0])
            waiting.append(suspects.popleft())
        for worker in there - busy.keys():
            if waiting:
                folder = waiting.popleft()
                asked = folder, files(folder), lesson, course
                busy[worker] = folder, client.submit(judge, *asked, workers=[worker], pure=False)
                busy[worker][1].add_done_callback(lambda _: changed.set())
        if not there:
            client.wait_for_workers(1, timeout=PATIENCE)
        changed.wait(LOOK)
        changed.clear()


def outcome(future: Future) -> Verdict | str | None:
    """What a worker says; None where it has gone. Raises CancelledError."""
    try:
        return future.result(timeout=FETCH) if future.done() else None
    except (KilledWorker, TimeoutError):
        return None
    except CancelledError:
        raise
    except Exception as error:  # not the student's: the others' turn comes
        return f"{type(error).__name__}: {error}"
    finally:
        future.release()


def judge(folder: Path, seen: Files, lesson: str, course: Course) -> Verdict | str:
    """On a worker: the verdict on a submission, by a process of its own that stays for the next one.

    Where the worker does not see the files that whoever asks has seen, no submission is there to be worth 0.
    """
    if files(folder) != seen:
        return f"{socket.gethostname()} sees other files in {folder} than there are: is the course's folder shared?"
    for _ in range(ATTEMPTS):
        judge = FREE.pop() if FREE else Judge()
        try:
            found = judge.verdict(folder, lesson, course)
        except (EOFError, OSError):
            judge.close()
        else:
            FREE.append(judge)
            return found
    return refused(DIED.format(times=ATTEMPTS), lesson, course)


def files(folder: Path) -> Files:
    """What lies in a submission's folder, without its subfolders."""
    try:
        there = [one for one in os.scandir(folder) if one.is_file(follow_symlinks=False)]
        return {one.name: (one.stat(follow_symlinks=False).st_size, os.access(one, os.R_OK)) for one in there}
    except OSError:
        return {}
