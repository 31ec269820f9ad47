"""Our own processes as programs: with what Python needs of whoever starts them, and nothing else of theirs."""

import os
import socket
import subprocess
import sys
from typing import Protocol

from .importable import PACKAGE

NEEDED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONHOME", "VIRTUAL_ENV")


class Process(Protocol):
    """What is needed of one that was started."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float = ...) -> int | None: ...
    def kill(self) -> None: ...


def zygote(asked: socket.socket) -> Process:
    """One that forks answers' processes when it is asked over the connection."""
    return program("-m", "vae_course.confined.zygote", stdin=asked.fileno(), stdout=subprocess.DEVNULL)


def program(*arguments: str, **options) -> Process:
    """One of this Python, with a session of its own."""
    started = [sys.executable, "-P", *arguments]
    return subprocess.Popen(started, cwd="/", env=_environment(), start_new_session=True, **options)


def _environment() -> dict[str, str]:
    """What Python and torch need of whoever grades, and nothing else of theirs; no GPU, everywhere alike."""
    found = {name: os.environ[name] for name in NEEDED if name in os.environ}
    own = {"PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return found | own | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
