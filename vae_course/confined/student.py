"""The checks' side: what the fixture `student` is, on one protocol with two backends."""

import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..exercises import EXERCISES
from ..faults import CALLS, Fault, joined, near_words
from ..text import Both
from .protocol import Kept, ProtocolError, Recipe, dumps, loads
from .worker import OPERATIONS, Session

RAISED = Both(es="{name} se detuvo con {error}", en="{name} stopped with {error}")
LACKS = Both(es="A {kind} le falta {name}.", en="{kind} lacks {name}.")
CLASSES = {name for exercise in EXERCISES.values() for name in exercise.functions}
RETURNED = Both(es="{name} devolvió {what}.", en="{name} returned {what}.")


class Failed(Exception):
    """A check that failed for a reason that both languages can tell."""

    def __init__(self, es: str, en: str):
        super().__init__(en)
        self.text = Both(es=es, en=en)


class StudentError(Failed):
    """The student's code raised where it should have answered."""

    def __init__(self, name: str, fault: Fault):
        self.name, self.fault = name, fault
        super().__init__(*self._words())

    @property
    def unanswered(self) -> bool:
        """Whether all there is to say is that the function has no code yet."""
        return self.fault.unanswered == self.name.partition(".")[0]

    @property
    def cause(self) -> tuple:
        """What is the same when one and the same thing fails again."""
        return (self.fault.kind, self.fault.line or self.fault.message)

    def _words(self) -> Both:
        words = self.fault.words()
        if self.unanswered or self.fault.absent:
            return words
        if self.fault.unanswered:
            return CALLS.format(name=self.name, other=self.fault.unanswered)
        return RAISED.format(name=self.name, error=words)


class Gone(Failed):
    """The student's process is no more: nothing else can be asked, and the whole file scores 0."""


class Unfit(Exception):
    """What the student's code returned can't be used as it should: it has no such method, no items."""

    def __init__(self, kind: str, name: str, fault: Fault):
        """kind: of the object, by its class's name; name: of the method or attribute that was asked for."""
        super().__init__(fault.error)
        self.text: Both | None = None  # what to say of it, where that is more than what was returned
        if fault.parameters:
            self.text = RAISED.format(name=f"{kind}.{name}", error=fault.words())
        elif kind in CLASSES and fault.message == f"'{kind}' object has no attribute '{name}'":
            self.text = joined([LACKS.format(kind=kind, name=name), *near_words(fault.near)])


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    value: object
    fault: Fault | None
    error_type: tuple[str, ...] | None
    gradients: dict
    inputs: list
    requires_grad: bool | list[bool] | None
    random_moved: bool
    returned: Both | None  # what came back, in words
    changed: dict = field(default_factory=dict)  # of worker.settings: what the call left otherwise, by its name
    numpy: bool = False  # arrays are among the result's parts
    name: str = ""

    def ok(self) -> "Outcome":
        """Itself. Raises StudentError if the student's code raised."""
        if self.fault is not None:
            raise StudentError(self.name, self.fault)
        return self

    @property
    def error(self) -> str | None:
        """The student's exception as Python words it; None if there was none."""
        return None if self.fault is None else self.fault.error

    def told(self) -> Both | None:
        """What came back, in a sentence."""
        return self.returned and RETURNED.format(name=self.name, what=self.returned)


class Student:
    """The student's functions and classes as attributes; `ask` tells more and never raises their errors."""

    def __init__(self, backend):
        self._backend = backend
        self._last: Outcome | None = None
        self._ours: set[int] = set()  # objects that the checks had made: what those do is not the student's

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._value(name, "__call__", args, kwargs)

    def ask(
        self, name: str, *args, backward_of=None, cotangent=None, seed=None, backward=True, gradients=True, aside=False,
        **kwargs,
    ) -> Outcome:  # fmt: skip
        """Calls a function with everything noted. backward_of: index into a tuple; cotangent: weights of the result.

        gradients: False calls it under torch.no_grad(). aside: the call is not what is being checked, so that `last`
        knows nothing of it.
        """
        options = {"backward_of": backward_of, "cotangent": cotangent, "seed": seed, "backward": backward}
        options["gradients"] = gradients
        last, outcome = self._last, self._outcome(name, "__call__", args, kwargs, options)
        self._last = last if aside else outcome
        return outcome

    def make(self, recipe) -> "Handle":
        """Builds a recipe on the student's side and keeps it."""
        kept = self._backend.request({"make": _bare(recipe)})["value"]
        self._ours.add(kept.number)
        return self._wrapped(kept)

    def seed(self, number: int) -> None:
        """Seeds torch on the student's side."""
        self._backend.request({"seed_only": number})

    def _value(self, target, method: str, args: tuple, kwargs: dict):
        outcome = self._outcome(target, method, args, kwargs, {"backward": False})
        if isinstance(target, Kept) and (misfit := _misfit(outcome.fault)):
            raise Unfit(target.type, args[0] if method == "get" else method, misfit)
        return outcome.ok().value

    def _outcome(self, target, method: str, args: tuple, kwargs: dict, options: dict) -> Outcome:
        request = {"target": target, "method": method, "args": _bare(list(args)), "kwargs": _bare(kwargs)} | options
        answer = self._backend.request(request)
        answer["value"] = self._wrapped(answer["value"])
        answer["fault"] = answer["fault"] and Fault(**answer["fault"])
        answer["returned"] = answer["returned"] and Both(*answer["returned"])
        name = target if isinstance(target, str) else f"{target.type}.{method}"
        outcome = Outcome(**answer, name=name.removesuffix(".__call__").removesuffix(".items"))
        ours = isinstance(target, Kept) and (target.number in self._ours or _misfit(outcome.fault) is not None)
        if method not in OPERATIONS and not ours:
            self._last = outcome
        return outcome

    def last(self) -> Outcome | None:
        """The outcome of the latest call of the student's code, once."""
        last, self._last = self._last, None
        return last

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
        self, *args, method="__call__", backward_of=None, cotangent=None, seed=None, backward=True, gradients=True,
        **kwargs,
    ) -> Outcome:  # fmt: skip
        """Calls the object, or a method of it, with everything noted, as `Student.ask`. Raises Unfit."""
        options = {"backward_of": backward_of, "cotangent": cotangent, "seed": seed, "backward": backward}
        options["gradients"] = gradients
        outcome = self._student._outcome(self._kept, method, args, kwargs, options)
        if misfit := _misfit(outcome.fault):
            raise Unfit(self.type, method, misfit)
        return outcome

    def __iter__(self) -> Iterator:
        """What it gives when it is gone through, at most worker.MOST_ITEMS."""
        return iter(self.call("items"))

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

    def set_parameters(self, values: dict) -> None:
        self.call("set_parameters", values)


def _misfit(fault: Fault | None) -> Fault | None:
    """The fault, if an object was used as what it is not, outside of the student's code."""
    outside = fault is not None and fault.line is None and fault.kind in ("TypeError", "AttributeError")
    return fault if outside else None


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
    """A namespace of this process, which must trust it, spoken to through the same messages as a child."""

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
    if "run" in request:
        return dumps(session.run(request["run"], request["text"]))
    if "seed_only" in request:
        import torch

        torch.default_generator.manual_seed(request["seed_only"])
        return dumps({"value": None})
    answer = session.answer(request)
    try:
        return dumps(answer)
    except ProtocolError as error:
        unsent: dict[str, Any] = {"value": None, "gradients": {}, "inputs": [], "error_type": ("ProtocolError",)}
        return dumps(answer | unsent | {"fault": asdict(Fault("ProtocolError", str(error)))})
