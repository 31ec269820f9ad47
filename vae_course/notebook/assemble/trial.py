"""Trying answers: a section runs as a module of its own, as it will in the program; then come the visible checks."""

import __future__

import contextlib
import io
import sys
import types
from collections.abc import Iterable

from ...text import Both
from ..reader import UNANSWERED, complaint, summary
from .read import BROKEN
from .write import Section, lent

LOST = Both(
    es="usa valores que calculan otras celdas y que no caben en el programa: {names}",
    en="uses values that other cells compute and that have no place in the program: {names}",
)
UNWRITTEN = Both(es="espera una respuesta", en="waiting for an answer")
FLAGS = __future__.annotations.compiler_flag  # as the program


def problems(sections: Iterable[Section]) -> dict[str, Both]:
    """What there is against the answers in these sections: exercise -> reason, {} if nothing."""
    reasons: dict[str, Both] = {}
    before = dict(sys.modules)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for section in sections:
                reasons |= {name: _traced(name, reason, section) for name, reason in _tried(section).items()}
    finally:
        for section in sections:
            sys.modules.pop(section.module, None)
            if section.module in before:
                sys.modules[section.module] = before[section.module]
    return reasons


def _tried(section: Section) -> dict[str, Both]:
    """A section's problems. The course's answer takes a failing one's place at once, so that it spoils no other."""
    module = sys.modules[section.module] = types.ModuleType(section.module)  # where later sections and dataclasses look
    namespace, reasons = vars(module), dict[str, Both]()
    for part in section.parts:
        if error := _error(part.text, namespace):
            reasons |= dict.fromkeys(part.answers, BROKEN.format(error=error))
    for name in reasons:
        _error(lent([name]), namespace)
    for name in section.own:
        if name not in reasons and (reason := _complaint(name, namespace)):
            reasons[name] = reason
            _error(lent([name]), namespace)
    return reasons


def _traced(name: str, reason: Both, section: Section) -> Both:
    """A reason, or where it comes from: a name that stayed behind in another cell."""
    lost = section.lost.get(name, ())
    undefined = any(f"'{one}' is not defined" in reason.en for one in lost)
    return LOST.format(names=", ".join(lost)) if undefined else reason


def _error(text: str, namespace: dict) -> str | None:
    """What stops a piece of a section when it runs in a namespace; None if nothing."""
    try:
        exec(compile(f"if True:\n    pass\n{text}", "my_vae.py", "exec", FLAGS), namespace)
    except (Exception, SystemExit) as error:
        return summary(error)
    return None


def _complaint(name: str, namespace: dict) -> Both | None:
    """What the visible check says, without the exercise's name, and the same of all that are unwritten."""
    try:
        reason = complaint(name, namespace)
    except SystemExit as error:
        return BROKEN.format(error=summary(error))
    if reason == UNANSWERED.format(name=name):
        return UNWRITTEN
    return reason and Both(*(text.removeprefix(f"{name}: ") for text in reason))
