"""What went wrong in a reader's code, in words: the error, what it means, its line, the name that was perhaps meant."""

import builtins
import difflib
import inspect
import linecache
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from types import FrameType, FunctionType, TracebackType

from .meanings import meaning, shortened
from .text import Both

LONGEST = 300  # characters of an error's own words
AT_LINE = Both(es="(línea {line}: `{code}`)", en="(line {line}: `{code}`)")
AT_NUMBER = Both(es="(línea {line})", en="(line {line})")
NEAR = Both(es="¿Será `{near}`?", en="Is it `{near}`?")
NO_CODE = Both(es="{name} todavía no tiene código.", en="{name} has no code yet.")
CALLS = Both(
    es="{name} llama a {other}, que todavía no tiene código.", en="{name} calls {other}, which has no code yet."
)
OUTSIDE = Both(
    es="`{near}` es una función suelta: va sin `self.`",
    en="`{near}` is a function of its own: it goes without `self.`",
)
PARAMETERS = Both(
    es="Se la llama con los parámetros que pide el ejercicio, y los suyos son otros.",
    en="It is called with the parameters that the exercise asks for, and its own are others.",
)
NO_INIT = Both(
    es="La clase no tiene un __init__ propio: lleva dos guiones bajos de cada lado.",
    en="The class has no __init__ of its own: it takes two underscores on each side.",
)
NO_SELF = Both(
    es="En un método el primer parámetro es self, y cuenta.",
    en="A method's first parameter is self, and it counts.",
)
ABSENT = Both(es="{name} no está definida.", en="{name} is not defined.")


@dataclass(frozen=True)
class Fault:
    """An exception of a reader's code."""

    kind: str  # of the exception: "NameError"
    message: str
    line: int | None = None  # of their own code, counted within the cell or file
    code: str = ""  # what stands there
    near: str = ""  # a name that exists, close to one that does not
    unanswered: str = ""  # the function of theirs that has no code yet
    absent: str = ""  # the function that is asked for and not there

    @property
    def error(self) -> str:
        """The exception as Python words it: "ValueError: too many values", or its kind alone."""
        return f"{self.kind}: {self.message}" if self.message else self.kind

    @property
    def parameters(self) -> bool:
        """Whether a function was called with other arguments than it has parameters, not by the reader's own code."""
        return self.line is None and self.kind == "TypeError" and _of_arguments(self.message)

    def words(self) -> Both:
        """The whole of it in one line: error, near name, line."""
        if self.unanswered:
            return NO_CODE.format(name=self.unanswered)
        if self.absent:
            return joined([ABSENT.format(name=self.absent), *near_words(self.near)])
        more = [self._near_words(), self._meaning()]
        error = self.error.rstrip(".") + "." if any(more) else self.error
        return joined([Both(error, error), *filter(None, more), *line_words(self.line, self.code)])

    def _near_words(self) -> Both | None:
        if f"has no attribute '{self.near}'" in self.message:
            return OUTSIDE.format(near=self.near)
        return next(iter(near_words(self.near)), None)

    def _meaning(self) -> Both | None:
        """What the error means, if that is known and no near name says it."""
        if self.parameters and not _one_too_many(self.message, 1):
            return NO_INIT if "__init__() takes 1 positional" in self.message else PARAMETERS
        if self.kind == "TypeError" and _one_too_many(self.message):
            return NO_SELF
        return None if self.near else meaning(self.error)


def _of_arguments(message: str) -> bool:
    return re.search(r"positional argument|unexpected keyword", message) is not None


def _one_too_many(message: str, most: int = 99) -> bool:
    """Whether a method of at most that many parameters got one argument more, as one that lacks self does."""
    counts = re.search(r"\w+\.\w+\(\) takes (\d+) positional arguments? but (\d+) (was|were) given", message)
    return counts is not None and int(counts[2]) == int(counts[1]) + 1 <= most + 1


def near_words(near: str) -> list[Both]:
    """The question after a misspelt name; none without a near one."""
    return [NEAR.format(near=near)] if near else []


def line_words(line: int | None, code: str) -> list[Both]:
    """Where something happened: the line's number and its text."""
    if line is None:
        return []
    return [AT_LINE.format(line=line, code=code) if code else AT_NUMBER.format(line=line)]


def joined(parts: Iterable[Both]) -> Both:
    """Sentences one after the other, those that say nothing left out."""
    parts = list(parts)
    return Both(*(" ".join(filter(None, (part[k] for part in parts))) for k in range(2)))


def fault(error: BaseException, namespace: dict) -> Fault:
    """What an exception says to the reader whose code lives in `namespace`."""
    frames = list(_frames(error.__traceback__))
    own = [(frame, line) for frame, line in frames if frame.f_globals is namespace]
    line, code, unanswered = None, "", ""
    if own:
        frame, line = own[-1]
        code = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
        if isinstance(error, NotImplementedError) and frame is frames[-1][0] and _is_a_stub(error, code):
            unanswered = frame.f_code.co_qualname.partition(".")[0]
    if isinstance(error, SyntaxError) and error.lineno:
        line, code = error.lineno, (error.text or "").strip()
    near = _near(error, frames[-1][0] if frames else None, namespace)
    return Fault(type(error).__name__, _message(error), line, code, near, unanswered)


def _message(error: BaseException) -> str:
    """Its own words in one line, without the folder in which an answer is checked."""
    said = shortened(error.msg if isinstance(error, SyntaxError) else _said(error))
    return re.sub(rf"{re.escape(tempfile.gettempdir())}/([^\s'\"]*/)?", "", said)[:LONGEST]


def _is_a_stub(error: BaseException, code: str) -> bool:
    """Whether an exercise's own placeholder raised, and not what torch has not implemented."""
    return "NotImplementedError" in code if code else not _said(error)


def absent(name: str, namespace: dict) -> Fault:
    """That a function is not there, and which one that is there comes near."""
    own = [known for known, thing in namespace.items() if callable(thing) and not known.startswith("_")]
    return Fault("NameError", f"{name} is not defined", near=close_name(name, own), absent=name)


def close_name(name: str, known: Iterable[str]) -> str:
    """The known name that comes nearest to a misspelt one; "" if none is near."""
    others = [one for one in known if one != name]
    exact = [one for one in others if one.lower() == name.lower()]
    cutoff = 0.65 if len(name) > 4 else 0.6  # two letters swapped in a name of three are near
    near = difflib.get_close_matches(name, others, n=1, cutoff=cutoff)
    longer = [one for one in others if len(name) > 3 and one.startswith(f"{name}_")]  # `best` for `best_value`
    return next(iter(exact + near + longer), "")


def _frames(trace: TracebackType | None) -> Iterable[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # their own class may do anything
        return ""


def _near(error: BaseException, frame: FrameType | None, namespace: dict) -> str:
    """The name that was perhaps meant; Python's own suggestions come only with a traceback."""
    said = _said(error)
    if "Did you mean" in said:
        return ""
    if isinstance(error, NameError) and error.name and frame:
        return _near_variable(error.name, frame)
    if isinstance(error, AttributeError) and error.name:
        if isinstance(namespace.get(error.name), FunctionType):
            return error.name  # a function that was asked for as a method
        return close_name(error.name, [name for name in dir(error.obj) if not name.startswith("_")])
    if isinstance(error, TypeError):
        return _near_keyword(said, frame)
    if isinstance(error, NotImplementedError) and frame and "self" in frame.f_locals and 'required "forward"' in said:
        return close_name("forward", vars(type(frame.f_locals["self"])))
    return ""


def _near_variable(name: str, frame: FrameType) -> str:
    """What was perhaps meant by a name that is not there: the object's own, else the nearest of all that could be."""
    me = frame.f_locals.get("self")
    if me is not None and name in dir(me):
        return f"self.{name}"
    scopes = (frame.f_locals, frame.f_globals, vars(builtins))
    return next(filter(None, (close_name(name, scope) for scope in scopes)), "")


def _near_keyword(said: str, frame: FrameType | None) -> str:
    """The parameter that a misspelt keyword argument comes near to."""
    if found := re.search(r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'", said):
        parts, scope = found[1].split("."), {**frame.f_globals, **frame.f_locals} if frame else {}
        called = scope.get(parts[0] if parts[-1] == "__init__" else parts[-1])
        try:
            return close_name(found[2], inspect.signature(called).parameters) if callable(called) else ""
        except ValueError:  # some builtins have no signature
            return ""
    if "invalid combination of arguments" in said:  # torch names what it got and all that it takes
        got, _, takes = said.partition("but expected")
        for keyword in re.findall(r"(\w+)=", got):
            known = re.findall(r"\w+ (\w+)(?: = \w+)?(?=[,)])", takes)
            if keyword not in known and (near := close_name(keyword, known)):
                return near
    return ""
