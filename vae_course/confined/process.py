"""A student's file in a process of its own, spoken to as a namespace of this process is (student.InProcess)."""

import contextlib
import itertools
import linecache
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from ..faults import Fault
from ..text import Both
from .importable import importable
from .programs import Process, zygote
from .protocol import LARGEST, ProtocolError, dumps, loads
from .replies import checked
from .sandbox import Layers, Rules
from .student import Gone
from .watch import TICK, Limits, Watch, at_line, children, full

READY = b"."
SOON = 5.0  # seconds for a process that was killed to be gone
ENDED = Both(es="El programa terminó de golpe ({how}).", en="The program ended abruptly ({how}).")
NOT_LOADED = Both(es="El archivo no se pudo cargar: {error}", en="The file could not be loaded: {error}")


class Zygote:
    """A process that has torch loaded and forks itself for each file.

    start: has it begin with its end of a connection; by default a new program.
    """

    def __init__(self, start: Callable[[socket.socket], Process] = zygote):
        self.layers: Layers | None = None  # what confines its children, once there was one
        self.living: set[int] = set()  # the children that somebody speaks to
        self._control, theirs = socket.socketpair()
        with theirs:
            self.process = start(theirs)
        if self._control.recv(len(READY)) != READY:
            raise RuntimeError("the grading process did not start")

    def fork(self, trace: int) -> socket.socket:
        """A new child that writes to the file `trace` where it is when it gets SIGUSR1: its end of a connection."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [READY], [theirs.fileno(), trace])
        return ours

    def end_orphans(self) -> None:
        """Ends processes that children have left behind, where nothing kept them from starting any."""
        while orphans := [pid for pid in children(self.process.pid) if pid not in self.living]:
            for pid in orphans:
                _kill(pid)

    def close(self) -> None:
        self._control.close()  # it ends when nobody holds the other end
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5.0)
        self.process.kill()
        self.process.wait(timeout=5.0)

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_) -> None:
        self.close()


@dataclass
class Child:
    """A file in a process of its own. Raises Gone when it does not load, answer in time or live.

    file: None is an empty notebook, whose cells `run` executes. withheld: exercises of a lesson, the course's own
    answers to which may not be imported. without: layers left out, see sandbox.Rules.
    """

    zygote: Zygote
    file: Path | None
    limits: Limits = field(default_factory=Limits)
    withheld: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self):
        self._gone, self._pid = None, None
        self._sources = [str(self.file.resolve())] if self.file else []  # as the process calls them
        self._folder = Path(tempfile.mkdtemp(prefix="answer-"))
        self._trace = tempfile.NamedTemporaryFile("w+", prefix="trace-", errors="replace")  # noqa: SIM115  close() does
        self._socket = self.zygote.fork(self._trace.fileno())
        self._socket.setblocking(False)
        try:
            self._start()
            loaded = self.request({"load": True})
            if loaded["error"]:
                self._end(NOT_LOADED.format(error=Both(*loaded["error"])))
        except Gone:
            self.close()
            raise

    def _about(self) -> dict:
        """What the process must know of itself."""
        rules = Rules(str(self._folder), self.limits.memory, int(2 * self.limits.total) + 1, self.without)
        file = self._sources[0] if self.file else None
        return {"file": file, "course": dict(importable(*self.withheld)), "rules": vars(rules)}

    def _start(self) -> None:
        """Has the process confine itself: none of the student's code has run, so what it says is so.

        Raises RuntimeError: that it can't is nobody's mistake who is graded.
        """
        try:
            told = self._exchange(self._about())
        except Gone as error:
            told = {"failed": error.text.en}
        if "failed" in told:
            self.close()
            raise RuntimeError(f"the process of an answer could not be started: {told['failed']}")
        self._pid, self.layers = told["pid"], Layers(**told["layers"])
        self.zygote.layers = self.layers
        self.zygote.living.add(self._pid)

    def run(self, name: str, text: str) -> Fault | None:
        """Executes a notebook's cell: what it raised, if it did."""
        self._sources.append(name)
        linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
        found = self.request({"run": name, "text": text})["fault"]
        return found and Fault(**found)

    def request(self, message: dict) -> dict:
        reply = self._exchange(message)
        try:
            return checked(reply, message)
        except ProtocolError as error:
            self._end(ENDED.format(how=str(error)))

    def _exchange(self, message: dict):
        if self._gone:
            raise self._gone
        if why := full(self._folder, self.limits):
            self._end(why)
        try:
            wait = self._waiting()
            send(self._socket, dumps(message), wait)
            return loads(receive(self._socket, wait))
        except (EOFError, OSError, ProtocolError) as error:
            self._end(ENDED.format(how=str(error) or type(error).__name__))

    def _waiting(self) -> Callable[[int], None]:
        """wait(events): returns when the process can be written to, or read from.

        Raises Gone when there is a reason to wait no longer, of this whole exchange.
        """
        watch, latest = None, time.monotonic() + self.limits.wall
        poll = select.poll()

        def wait(events: int) -> None:
            nonlocal watch
            poll.register(self._socket, events)
            while not poll.poll(TICK * 1000):
                if time.monotonic() > latest:
                    raise TimeoutError("timed out")
                if self._pid and watch is None:
                    watch = Watch(self._pid, self.limits)
                elif watch and (why := watch.complaint() or full(self._folder, self.limits)):
                    self._end(at_line(why, watch.pid, self._sources, self._trace))

        return wait

    def _end(self, why: Both) -> NoReturn:
        self._gone = Gone(*why)
        raise self._gone

    def close(self) -> None:
        """Ends the process and all that it started."""
        if self._pid:
            _kill(-self._pid)
            _kill(self._pid)
            self.zygote.living.discard(self._pid)
            if not self.layers.seccomp:
                self.zygote.end_orphans()
            self._hang_up()
            self._pid = None
        for name in self._sources:
            linecache.cache.pop(name, None)
        self._socket.close()
        self._trace.close()
        with contextlib.suppress(OSError):
            removed(self._folder)

    def _hang_up(self) -> None:
        """Waits until the process is no more."""
        self._socket.settimeout(SOON)
        with contextlib.suppress(OSError):
            while self._socket.recv(2**20):
                pass


def removed(folder: Path) -> None:
    """A folder with all that is in it, however deep, once nobody writes to it: what lies deeper is moved up first."""
    unused, rooms = (folder / f"{folder.name}-{k}" for k in itertools.count()), [folder]
    while rooms:
        room = rooms.pop()
        room.chmod(0o700)
        for one in list(room.iterdir()):
            if one.is_symlink() or not one.is_dir():
                one.unlink()
            else:
                rooms.append(one if room == folder else one.rename(next(name for name in unused if not name.exists())))
        if room != folder:
            room.rmdir()
    folder.rmdir()


def _kill(pid: int) -> None:
    """Ends a process; a group of them by its number below 0."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _at_once(events: int) -> None:
    """Does not wait: the connection does."""


def send(connection: socket.socket, message: bytes, wait: Callable[[int], None] = _at_once) -> None:
    rest = memoryview(struct.pack("<Q", len(message)) + message)
    while rest:
        wait(select.POLLOUT)
        rest = rest[connection.send(rest[: 2**20]) :]


def receive(connection: socket.socket, wait: Callable[[int], None] = _at_once) -> bytes:
    (length,) = struct.unpack("<Q", _exactly(connection, 8, wait))
    if length > LARGEST:
        raise ProtocolError("a message that is too long")
    return _exactly(connection, length, wait)


def _exactly(connection: socket.socket, count: int, wait: Callable[[int], None]) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        wait(select.POLLIN)
        part = connection.recv(min(count - len(parts), 2**20))
        if not part:
            raise EOFError("connection closed")
        parts += part
    return bytes(parts)
