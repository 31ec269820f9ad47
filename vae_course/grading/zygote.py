"""A process with torch loaded that forks itself for each answer: python -m vae_course.grading.zygote SOCKET."""

import faulthandler
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path

import torch

from ..faults import fault
from .process import receive, send
from .protocol import ProtocolError, dumps, loads
from .student import respond
from .worker import Session, executed, fresh_state, load_lazy_parts

MODULE = "answer"


def serve(address: str) -> None:
    """Forks for each connection, until standard input is closed."""
    torch.set_num_threads(1)
    load_lazy_parts()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    print("ready", flush=True)
    while True:
        ready, *_ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            live(connection)
        connection.close()


def live(connection: socket.socket) -> None:
    """The child: loads the file and answers, until the checks hang up. Never returns."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        about = loads(receive(connection))
        confine(about)
        send(connection, dumps({"pid": os.getpid()}))
        receive(connection)
        session, problem = load(Path(about["file"]), Path(about["folder"]))
        send(connection, dumps({"error": problem}))
        while True:
            send(connection, respond(session, receive(connection)))
    except (EOFError, OSError, ProtocolError):
        status = 0
    finally:
        os._exit(status)


def confine(about: dict) -> None:
    """A folder of its own, no terminal, limits on memory, CPU time, files and core dumps; SIGUSR1 asks where it is."""
    faulthandler.register(signal.SIGUSR1, os.open(about["trace"], os.O_WRONLY), all_threads=False)
    os.chdir(about["folder"])
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + about["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (about["cpu"],) * 2)  # should nobody watch any more
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**28,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def load(file: Path, folder: Path) -> tuple[Session, list[str] | None]:
    """What the file defines, and in both languages why it could not be loaded."""
    with fresh_state(None):
        try:
            return Session(vars(executed(file, MODULE)), folder), None
        except (Exception, SystemExit) as problem:
            namespace = vars(sys.modules[MODULE]) if MODULE in sys.modules else {}
            return Session({}, folder), list(fault(problem, namespace).words())


if __name__ == "__main__":
    serve(sys.argv[1])
