"""A process with torch loaded that forks itself for each answer; it is asked over its standard input, a socket."""

import contextlib
import faulthandler
import os
import signal
import socket
import sys
from pathlib import Path

import torch

from ..faults import fault
from . import importable, sandbox
from .process import READY, receive, send
from .protocol import ProtocolError, dumps, loads
from .student import respond
from .syscalls import prctl
from .worker import Session, executed, fresh_state, load_lazy_parts, notebook

MODULE = "answer"
NOTEBOOK = "__main__"  # what Jupyter calls it; this program's own has no use any more in a child
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER: what a child left behind is found among our children


def serve(asked: socket.socket) -> None:
    """Forks for each pair of a connection and a file for traces, until nobody can ask any more."""
    torch.set_num_threads(1)
    load_lazy_parts()
    sandbox.environment()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    with contextlib.suppress(OSError):
        prctl(ADOPT_ORPHANS, 1)
    asked.sendall(READY)
    while descriptors := socket.recv_fds(asked, 1, 2)[1]:
        if os.fork() == 0:
            live(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def live(descriptor: int, trace: int) -> None:
    """The child: loads the file and answers, until the checks hang up. Never returns."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sandbox.keep_only(descriptor, trace)
        connection = socket.socket(fileno=descriptor)
        faulthandler.register(signal.SIGUSR1, trace, all_threads=False)  # asks where it is
        about = loads(receive(connection))
        try:
            file = Path(about["file"]) if about["file"] else None
            text = file.read_bytes() if file else None
            importable.only_from(about["course"])
            layers = sandbox.confine(sandbox.Rules(**about["rules"]))
        except Exception as error:  # whatever it is: nothing of the student's has run, and nothing of it will
            send(connection, dumps({"failed": f"{type(error).__name__}: {error}"}))
            return
        send(connection, dumps({"pid": os.getpid(), "layers": vars(layers)}))
        receive(connection)
        session, problem = load(file, text, Path(about["rules"]["folder"]))
        send(connection, dumps({"error": problem}))
        while True:
            send(connection, respond(session, receive(connection)))
    except (EOFError, OSError, ProtocolError):
        status = 0
    finally:
        os._exit(status)


def load(file: Path | None, text: bytes | None, folder: Path) -> tuple[Session, list[str] | None]:
    """What the file defines, and in both languages why it could not be loaded; without one, an empty notebook."""
    if file is None:
        return Session(notebook(NOTEBOOK), folder), None
    with fresh_state(None):
        try:
            return Session(vars(executed(file, MODULE, text)), folder), None
        except (Exception, SystemExit) as problem:
            namespace = vars(sys.modules[MODULE]) if MODULE in sys.modules else {}
            return Session({}, folder), list(fault(problem, namespace).words())


if __name__ == "__main__":
    serve(socket.socket(fileno=sys.stdin.fileno()))
