"""A student's file in a process of its own, spoken to as a namespace of this process is (student.InProcess)."""

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from ..text import Both
from .protocol import ProtocolError, dumps, loads
from .student import Gone
from .watch import TICK, Limits, Watch, at_line

IMPORTED_FROM = Path(__file__).parents[2]  # where the child finds vae_course
ENDED = Both(es="El programa terminó de golpe ({how}).", en="The program ended abruptly ({how}).")
NOT_LOADED = Both(es="El archivo no se pudo cargar: {error}", en="The file could not be loaded: {error}")


class Zygote:
    """A process that has torch loaded and forks itself for each file."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True)
        self.address = str(Path(self._folder.name, "socket"))
        environment = os.environ | {
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(IMPORTED_FROM),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vae_course.grading.zygote", self.address],
            cwd=self._folder.name, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdin and self.process.stdout  # pipes, both
        self._held_open, self._told = self.process.stdin, self.process.stdout
        if self._told.readline() != b"ready\n":
            raise RuntimeError("the grading process did not start")

    def close(self) -> None:
        self._held_open.close()  # it ends when nobody holds the other end
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        self.process.kill()
        self.process.wait()
        self._told.close()
        self._folder.cleanup()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_) -> None:
        self.close()


@dataclass
class Child:
    """A file in a process of its own. Raises Gone when it does not load, answer in time or live."""

    zygote: Zygote
    file: Path
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self):
        self._gone, self._pid = None, None
        self._folder = tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True)
        self._trace = tempfile.NamedTemporaryFile("w+", prefix="trace-", errors="replace")  # noqa: SIM115  close() does
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(self.zygote.address)
        try:
            self._pid = self._exchange(self._about())["pid"]
            loaded = self._exchange({"load": True})
            if loaded["error"]:
                self._end(NOT_LOADED.format(error=Both(*loaded["error"])))
        except Gone:
            self.close()
            raise

    def _about(self) -> dict:
        """What the process must know of itself."""
        return {
            "file": str(self.file.resolve()), "folder": self._folder.name, "trace": self._trace.name,
            "memory": self.limits.memory, "cpu": int(2 * self.limits.total) + 1,
        }  # fmt: skip

    def request(self, message: dict) -> dict:
        return self._exchange(message)

    def _exchange(self, message: dict) -> dict:
        if self._gone:
            raise self._gone
        try:
            self._socket.settimeout(self.limits.wall)
            send(self._socket, dumps(message))
            self._await()
            return loads(receive(self._socket))
        except (EOFError, OSError, ProtocolError) as error:
            self._end(ENDED.format(how=str(error) or type(error).__name__))

    def _await(self) -> None:
        """Returns when an answer begins. Raises Gone when there is a reason to wait no longer."""
        watch = None
        while not select.select([self._socket], [], [], TICK)[0]:
            if self._pid and watch is None:
                watch = Watch(self._pid, self.limits)
            elif watch and (why := watch.complaint()):
                self._end(at_line(why, watch.pid, str(self.file.resolve()), self._trace))

    def _end(self, why: Both) -> NoReturn:
        self._gone = Gone(*why)
        raise self._gone

    def close(self) -> None:
        """Ends the process and all that it started."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
        self._socket.close()
        self._trace.close()
        self._folder.cleanup()


def send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(struct.pack("<Q", len(message)) + message)


def receive(connection: socket.socket) -> bytes:
    (length,) = struct.unpack("<Q", _exactly(connection, 8))
    if length > 2**29:
        raise ProtocolError("a message that is too long")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = connection.recv(min(count, 2**20))
        if not part:
            raise EOFError("connection closed")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
