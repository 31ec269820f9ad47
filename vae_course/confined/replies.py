"""What comes from a student's process, looked at before anything uses it: data of the expected form, or an error.

Whoever writes the answers of that process may be the student's code: a text may be any text, a number any number.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from torch import Tensor

from ..faults import Fault
from ..text import readable
from .protocol import Kept, ProtocolError

MOST_CLASSES = 100  # that an exception descends from
LAST_LINE = 10**6  # of a file

Form = Callable[[Any], Any]  # the value as it may be used; raises ProtocolError


def a(*kinds: type) -> Form:
    """A value of one of these types, exactly; texts are made readable."""

    def form(value):
        if type(value) not in kinds:
            raise ProtocolError(
                f"a {type(value).__name__} where {' or '.join(kind.__name__ for kind in kinds)} should be"
            )
        return readable(value) if isinstance(value, str) else value

    return form


def maybe(form: Form) -> Form:
    return lambda value: None if value is None else form(value)


def many(form: Form) -> Form:
    return lambda value: [form(one) for one in a(list, tuple)(value)]


def named(form: Form) -> Form:
    return lambda value: {a(str)(key): form(one) for key, one in a(dict)(value).items()}


def entries(**forms: Form) -> Form:
    """A dict of exactly these entries."""

    def form(value):
        if a(dict)(value).keys() != forms.keys():
            raise ProtocolError("other entries than a reply has")
        return {key: of(value[key]) for key, of in forms.items()}

    return form


def both(value) -> tuple[str, ...]:
    """A text in both languages."""
    if len(texts := many(a(str))(value)) != 2:
        raise ProtocolError("a text that is not in two languages")
    return tuple(texts)


def line(value) -> int:
    if not 0 <= a(int)(value) <= LAST_LINE:
        raise ProtocolError("a line that no file has")
    return value


def classes(value) -> tuple[str, ...]:
    return tuple(many(a(str))(a(list, tuple)(value)[:MOST_CLASSES]))


def truths(value) -> bool | list[bool]:
    return value if isinstance(value, bool) else many(a(bool))(value)


def anything(value):
    return value


FAULT = maybe(entries(**{one.name: maybe(line) if one.name == "line" else a(str) for one in fields(Fault)}))
OUTCOME = entries(
    value=anything,
    fault=FAULT,
    error_type=maybe(classes),
    gradients=named(maybe(a(Tensor))),
    inputs=many(anything),
    requires_grad=maybe(truths),
    random_moved=a(bool),
    returned=maybe(both),
    changed=named(a(bool, int, float, str)),
    numpy=a(bool),
)
FORMS: dict[str, Form] = {  # by what a request has
    "load": entries(error=maybe(both)),
    "run": entries(fault=FAULT),
    "make": entries(value=a(Kept)),
    "seed_only": entries(value=a(type(None))),
    "target": OUTCOME,
}


def checked(reply, request: dict) -> dict:
    """The reply to a request. Raises ProtocolError where it does not have the form of one."""
    return next(form for key, form in FORMS.items() if key in request)(reply)
