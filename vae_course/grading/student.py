"""The checks' side: what the fixture `student` is, on one protocol with two backends."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ..text import Both
from .protocol import Kept, ProtocolError, Recipe, dumps, loads
from .worker import Session

IMPORTED_FROM = Path(__file__).parents[2]  # where the child finds vae_course
NO_ANSWER = Both(
    es="No hubo respuesta en {seconds:g} segundos: ¿hay un bucle que no termina?",
    en="There was no answer within {seconds:g} seconds: is there a loop that never ends?",
)
ENDED = Both(es="El programa terminó de golpe ({how}).", en="The program ended abruptly ({how}).")
NOT_LOADED = Both(es="El archivo no se pudo cargar: {error}", en="The file could not be loaded: {error}")
RAISED = Both(es="{name} se detuvo con {error}", en="{name} stopped with {error}")


class Failed(Exception):
    """A check that failed for a reason that both languages can tell."""

    def __init__(self, es: str, en: str):
        super().__init__(en)
        self.text = Both(es=es, en=en)


class StudentError(Failed):
    """The student's code raised where it should have answered."""


class Gone(Failed):
    """The student's process is no more: nothing else can be asked, and the whole file scores 0."""


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    value: object
    error: str | None
    error_type: tuple[str, ...] | None
    gradients: dict
    inputs: list
    requires_grad: bool | list[bool] | None
    random_moved: bool
    changed: dict = field(default_factory=dict)  # of worker.settings: what the call left otherwise, by its name
    numpy: bool = False  # arrays are among the result's parts
    name: str = ""

    def ok(self) -> "Outcome":
        """Itself. Raises StudentError if the student's code raised."""
        if self.error is not None:
            raise StudentError(*RAISED.format(name=self.name, error=self.error))
        return self


class Student:
    """The student's functions and classes as attributes; `ask` tells more and never raises their errors."""

    def __init__(self, backend):
        self._backend = backend

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._value(name, "__call__", args, kwargs)

    def ask(
        self, name: str, *args, backward_of=None, cotangent=None, seed=None, backward=True, gradients=True, **kwargs
    ) -> Outcome:
        """Calls a function with everything noted. backward_of: index into a tuple; cotangent: weights of the result.

        gradients: False calls it under torch.no_grad().
        """
        options = {"backward_of": backward_of, "cotangent": cotangent, "seed": seed, "backward": backward}
        options["gradients"] = gradients
        return self._outcome(name, "__call__", args, kwargs, options)

    def make(self, recipe) -> "Handle":
        """Builds a recipe on the student's side and keeps it."""
        return self._wrapped(self._backend.request({"make": _bare(recipe)})["value"])

    def seed(self, number: int) -> None:
        """torch.manual_seed on the student's side."""
        self._backend.request({"seed_only": number})

    def _value(self, target, method: str, args: tuple, kwargs: dict):
        return self._outcome(target, method, args, kwargs, {"backward": False}).ok().value

    def _outcome(self, target, method: str, args: tuple, kwargs: dict, options: dict) -> Outcome:
        request = {"target": target, "method": method, "args": _bare(list(args)), "kwargs": _bare(kwargs)} | options
        answer = self._backend.request(request)
        answer["value"] = self._wrapped(answer["value"])
        name = target if isinstance(target, str) else f"{target.type}.{method}"
        return Outcome(**answer, name=name.removesuffix(".__call__"))

    def _wrapped(self, value):
        if isinstance(value, Kept):
            return Handle(self, value)
        if isinstance(value, (list, tuple)):
            return type(value)(self._wrapped(part) for part in value)
        if isinstance(value, dict):
            return {key: self._wrapped(part) for key, part in value.items()}
        return value


class Handle:
    """An object on the student's side."""

    def __init__(self, student: Student, kept: Kept):
        self._student, self._kept = student, kept

    @property
    def type(self) -> str:
        """The name of its class."""
        return self._kept.type

    def __call__(self, *args, **kwargs):
        return self._student._value(self._kept, "__call__", args, kwargs)

    def ask(
        self, *args, method="__call__", backward_of=None, cotangent=None, seed=None, backward=True, **kwargs
    ) -> Outcome:
        """Calls the object, or a method of it, with everything noted, as `Student.ask`."""
        options = {"backward_of": backward_of, "cotangent": cotangent, "seed": seed, "backward": backward}
        return self._student._outcome(self._kept, method, args, kwargs, options)

    def call(self, method: str, *args, **kwargs):
        """A method of the object, or one of worker.OPERATIONS."""
        return self._student._value(self._kept, method, args, kwargs)

    def get(self, name: str):
        """An attribute."""
        return self.call("get", name)

    def state(self) -> dict:
        """Its state_dict, nested parts under dotted names."""
        return self.call("state")

    def parameters(self) -> dict:
        return self.call("parameters")

    def parameter_gradients(self) -> dict:
        return self.call("parameter_gradients")

    def modes(self) -> dict[str, bool]:
        """Submodule -> whether it is in train mode."""
        return self.call("modes")

    def train(self, mode: bool = True) -> None:
        self.call("train", mode)

    def modules(self) -> list[dict]:
        """Name, type and sizes of each submodule."""
        return self.call("modules")

    def set_parameters(self, values: dict) -> None:
        self.call("set_parameters", values)


def _bare(value):
    """Handles as the protocol knows them, everywhere in a value."""
    if isinstance(value, Handle):
        return value._kept
    if isinstance(value, (list, tuple)):
        return type(value)(_bare(part) for part in value)
    if isinstance(value, dict):
        return {key: _bare(part) for key, part in value.items()}
    if hasattr(value, "kind") and hasattr(value, "fields"):
        return Recipe(value.kind, _bare(value.fields))
    return value


class InProcess:
    """A namespace of this process, such as a notebook's, spoken to through the same messages as a child."""

    def __init__(self, namespace: dict):
        self._folder = tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True)
        self._session = Session(namespace, Path(self._folder.name))

    def request(self, message: dict) -> dict:
        return loads(respond(self._session, dumps(message)))

    def close(self) -> None:
        self._folder.cleanup()


def respond(session: Session, message: bytes) -> bytes:
    """One message in, one out: what both backends do with a request."""
    request = loads(message)
    if "make" in request:
        return dumps({"value": session.make(request["make"])})
    if "seed_only" in request:
        import torch

        torch.manual_seed(request["seed_only"])
        return dumps({"value": None})
    answer = session.answer(request)
    try:
        return dumps(answer)
    except ProtocolError as error:
        empty: dict[str, Any] = {
            "value": None,
            "gradients": {},
            "inputs": [],
            "requires_grad": None,
            "random_moved": False,
        }
        return dumps(empty | {"error": f"ProtocolError: {error}", "error_type": ("ProtocolError", "Exception")})


@dataclass
class Limits:
    """Of a student's process."""

    call: float = 10.0  # seconds for one request, and for loading the file
    total: float = 60.0  # seconds of all requests together
    memory: int = 4 * 2**30  # bytes of address space beyond torch's own


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
        self._gone, self._used = None, 0.0
        self._folder = tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(self.zygote.address)
        about = {"file": str(self.file.resolve()), "folder": self._folder.name, "memory": self.limits.memory}
        self._pid = self._exchange(about)["pid"]
        try:
            loaded = self._exchange({"load": True})
            if loaded["error"]:
                self._end(Gone(*NOT_LOADED.format(error=loaded["error"])))
        except Gone:
            self.close()
            raise

    def request(self, message: dict) -> dict:
        return self._exchange(message)

    def _exchange(self, message: dict) -> dict:
        if self._gone:
            raise self._gone
        started = time.monotonic()
        allowed = min(self.limits.call, self.limits.total - self._used)
        try:
            self._socket.settimeout(max(allowed, 0.01))
            send(self._socket, dumps(message))
            return loads(receive(self._socket))
        except TimeoutError:
            self._end(Gone(*NO_ANSWER.format(seconds=round(allowed, 1))))
        except (EOFError, OSError, ProtocolError) as error:
            self._end(Gone(*ENDED.format(how=str(error) or type(error).__name__)))
        finally:
            self._used += time.monotonic() - started

    def _end(self, why: Gone) -> NoReturn:
        self._gone = why
        raise why

    def close(self) -> None:
        """Ends the process and all that it started."""
        if hasattr(self, "_pid"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
        self._socket.close()
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
