"""The reader's own functions in a notebook: their visible checks, whose version works, texts in one language."""

import functools
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import torch

from ..exercises import ALL, EXERCISES, OPTIONAL
from ..faults import CALLS, Fault, absent, fault, joined, near_words
from ..kinds import described
from ..text import Both, default_language, pick
from . import along
from .visible import Hint

READY = Both(es="✓ {name}: por ahora, todo bien.", en="✓ {name}: so far, so good.")
UNANSWERED = Both(
    es="{name} espera una respuesta: falta escribir el código de la celda de arriba y ejecutarla.",
    en="{name} is waiting for an answer: write the code in the cell above and run it.",
)
UNDEFINED = Both(
    es="{name} no está definida: conviene ejecutar primero la celda de arriba.",
    en="{name} is not defined: run the cell above first.",
)
MISSPELT = Both(es="{name} no está definida.", en="{name} is not defined.")
STUMBLED = Both(
    es="{name} devolvió {what}, y con eso no se puede seguir comprobando.",
    en="{name} returned {what}, with which nothing more can be checked.",
)
RAISED = Both(es="el código se detuvo con {error}", en="the code stopped with {error}")
LEFT_BEHIND = Both(
    es="  Usa lo que calculan otras celdas ({names}), y eso no cabe en el programa de la lección 09: mejor recibirlo "
    "como argumento o escribirlo en la celda de la respuesta.",
    en="  It uses what other cells compute ({names}), which has no place in lesson 09's program: better take it as an "
    "argument, or write it in the answer's cell.",
)
BORROWED = Both(
    es="(Mientras {name} no pase su revisión, aquí trabaja la versión del curso.)",
    en="(Until {name} passes its check, the course's own version works here.)",
)

JUDGED = "NBGRADER_EXECUTION"  # set by nbgrader, and by nobody else, in kernels where it validates or grades
_borrowed: set[str] = set()  # names whose notice was given


class NotYet(Exception):
    """An exercise that is unanswered or wrong: nbgrader shows its sentence alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


def start(lang: str) -> None:
    """Settle the notebook's language ("es" or "en") for texts and figures."""
    pick(Both("", ""), lang)  # refuses any other
    os.environ["VAE_COURSE_LANG"] = lang
    _borrowed.clear()


def say(*, es: str, en: str) -> None:
    """Print a sentence in the notebook's language. For notebooks of before, which held both: today's hold `print`."""
    print(pick(Both(es, en), default_language()))


def show(*figures: Any) -> None:
    """Show several figures, one below the other."""
    from IPython.display import display

    for figure in figures:
        display(figure)


def check(names: str) -> None:
    """Print what the visible checks of the exercises named ("lerp slerp") say of the reader's functions.

    The notebook goes on whatever they say. Raises NotYet only where nbgrader runs it, as nbgrader counts errors, and
    never for an optional exercise.
    """
    lang, complaints = default_language(), []
    for name in names.split():
        problem = complaint(name, _namespace())
        if problem is None:
            print(pick(READY, lang).format(name=name))
            if name in EXERCISES and EXERCISES[name].lesson in along.TAKEN:
                _tell_left_behind(EXERCISES[name].functions, lang)
        elif name in OPTIONAL:
            print(f"✗ {pick(problem, lang)}")
        else:
            complaints.append(pick(problem, lang))
    if not complaints:
        return
    said = "\n✗ ".join(complaints)
    if os.environ.get(JUDGED):
        raise NotYet(said)
    print(f"✗ {said}")


def _tell_left_behind(functions: tuple[str, ...], lang: str) -> None:
    """Say what of other cells the functions use and lesson 09 will miss; IPython keeps the cells that ran in `In`."""
    namespace = _namespace()
    names = along.left_behind(functions, namespace.get("In", [])) & namespace.keys()
    if names:
        print(pick(LEFT_BEHIND, lang).format(names=", ".join(sorted(names))))


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Gradients on; torch's random state and default dtype are afterwards as before, whatever an answer does."""
    dtype = torch.get_default_dtype()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)


def complaint(name: str, namespace: dict[str, Any]) -> Both | None:
    """What the visible check of an exercise has against the functions of a namespace; None if nothing."""
    exercise = ALL[name]
    for function in exercise.functions:
        if function not in namespace:
            near = near_words(absent(function, namespace).near)
            return joined([MISSPELT.format(name=function), *near]) if near else UNDEFINED.format(name=function)
    visible = importlib.import_module(f"vae_course.notebook.visible.{exercise.module}")
    with _settings_kept():
        torch.manual_seed(0)  # one answer is always told the same
        watched = [Watched(namespace[function]) for function in exercise.functions]
        try:
            getattr(visible, name)(*(one.function for one in watched))
        except Hint as hint:
            return Both(*(f"{name}: {text}" for text in hint.text))
        except Exception as error:
            return stopped(name, fault(error, namespace), watched)
    return None


class Watched:
    """A reader's function that remembers what it returned last; a class stays as it is."""

    def __init__(self, function: Any):
        self.returned: list[Any] = []
        self.function = self._watch(function) if isinstance(function, FunctionType) else function

    def _watch(self, function: FunctionType) -> Any:
        @functools.wraps(function)
        def remembering(*args, **kwargs):
            self.returned.clear()
            result = function(*args, **kwargs)
            self.returned.append(result)
            return result

        return remembering


def stopped(name: str, problem: Fault, watched: list[Watched]) -> Both:
    """What to say of an exception while the reader's function was checked: theirs, or of what became of its result."""
    functions = ALL[name].functions
    bare = problem.kind == "NotImplementedError" and not problem.message and not problem.unanswered
    if bare or problem.unanswered in functions:
        return UNANSWERED.format(name=name)
    if problem.unanswered:
        return CALLS.format(name=name, other=problem.unanswered)
    for function, one in zip(functions, watched, strict=True):
        if problem.line is None and one.returned:
            return STUMBLED.format(name=function, what=described(one.returned[0]))
    return Both(*(f"{name}: {text}" for text in RAISED.format(error=problem.words())))


def summary(error: BaseException) -> str:
    """An error in one line: "ValueError: too many values", or its kind alone if it says nothing."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def mine(function: str) -> Any:
    """The reader's function or class of that name if its visible check passes, else the course's, with a notice."""
    exercise = next(exercise for exercise in ALL.values() if function in exercise.functions)
    namespace = _namespace()
    if all(part in namespace for part in exercise.functions) and complaint(exercise.name, namespace) is None:
        return namespace[function]
    if exercise.name not in _borrowed:
        _borrowed.add(exercise.name)
        print(pick(BORROWED, default_language()).format(name=exercise.name))
    return getattr(importlib.import_module(f"vae_course.{exercise.module}"), function)


def _namespace() -> dict[str, Any]:
    """What the reader's cells have defined."""
    return vars(sys.modules["__main__"])
