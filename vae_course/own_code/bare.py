"""A process of its own for a student's code where the sandbox is not (macOS, Windows): only its time is limited.

It is one for all sessions, since importing torch takes seconds; each session is a fresh namespace in it.
"""

import os
import tempfile
import threading
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from ..confined.protocol import LARGEST, ProtocolError, dumps, loads
from ..confined.replies import checked
from ..confined.student import Gone, respond
from ..confined.worker import Session, notebook
from ..faults import Fault
from . import texts

STARTING = 120.0  # seconds to have loaded torch
FRESH = {"run": "", "text": ""}


class Bare:
    """Where such a process begins, and is asked: one at a time."""

    lacks = (texts.FILES, texts.CALLS, texts.MEMORY)

    def __init__(self, seconds: float = 15.0):
        """seconds: by the clock, for one request."""
        self._seconds = seconds
        self._process: BaseProcess | None = None
        self._connection: Connection

    def begin(self) -> "Bare":
        if self._process is None:
            context = get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(target=serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        self._exchange(FRESH, STARTING)
        return self

    def run(self, name: str, text: str) -> Fault | None:
        found = self.request({"run": name, "text": text})["fault"]
        return found and Fault(**found)

    def request(self, message: dict) -> dict:
        return self._exchange(message, self._seconds)

    def _exchange(self, message: dict, seconds: float) -> dict:
        try:
            self._connection.send_bytes(dumps(message))
            if not self._connection.poll(seconds):
                raise TimeoutError
            return checked(loads(self._connection.recv_bytes(LARGEST)), message)
        except (OSError, EOFError, ProtocolError):
            self.end()
            raise Gone(*texts.ENDED.format(seconds=f"{seconds:g}")) from None

    def close(self) -> None:
        """The session's end; the process stays for the next."""

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()
            self._connection.close()
            self._process = None


def serve(connection: Connection) -> None:
    """Answers requests; what was standard input and output is nowhere. It ends with the demo, whatever it does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    with tempfile.TemporaryDirectory(prefix="own-code-", ignore_cleanup_errors=True) as folder:
        while True:
            message = connection.recv_bytes(LARGEST)
            if loads(message) == FRESH:
                session = Session(notebook("__main__"), Path(folder))
            connection.send_bytes(respond(session, message))


def _end_with_parent() -> None:
    if demo := parent_process():
        demo.join()
        os._exit(0)
