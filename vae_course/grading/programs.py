"""Our own processes that grade, as programs: with what Python needs of whoever grades, and nothing else of theirs."""

import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
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
    return _program("-m", "vae_course.grading.zygote", stdin=asked.fileno(), stdout=subprocess.DEVNULL)


def judge(connection: Connection) -> Process:
    """One that judges what it is asked over the connection; an interrupt from the console does not reach it."""
    return _program(
        "-m", "vae_course.grading.judging", str(connection.fileno()),
        pass_fds=[connection.fileno()], stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _program(*arguments: str, **options) -> Process:
    started = [sys.executable, "-P", *arguments]
    return subprocess.Popen(started, cwd="/", env=_environment(), start_new_session=True, **options)


def _environment() -> dict[str, str]:
    """What Python and torch need of whoever grades, and nothing else of theirs; no GPU, everywhere alike."""
    found = {name: os.environ[name] for name in NEEDED if name in os.environ}
    own = {"PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return found | own | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
