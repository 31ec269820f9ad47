"""What went wrong in a reader's code, in words: the error, the line it came from, the name that was perhaps meant."""

import builtins
import difflib
import inspect
import linecache
import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import FrameType, TracebackType

from .text import Both

LONGEST = 300  # characters of an error's own words
AT_LINE = Both(es="(línea {line}: `{code}`)", en="(line {line}: `{code}`)")
AT_NUMBER = Both(es="(línea {line})", en="(line {line})")
NEAR = Both(es="¿Será `{near}`?", en="Is it `{near}`?")
NO_CODE = Both(es="{name} todavía no tiene código.", en="{name} has no code yet.")
CALLS = Both(
    es="{name} llama a {other}, que todavía no tiene código.", en="{name} calls {other}, which has no code yet."
)
NO_KEYBOARD = Both(
    es="Al corregir nadie escribe en el teclado: no puede haber un input().",
    en="Nobody types while answers are graded: input() has to go.",
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

    def words(self) -> Both:
        """The whole of it in one line: error, near name, line."""
        if self.unanswered:
            return NO_CODE.format(name=self.unanswered)
        if self.absent:
            return joined([ABSENT.format(name=self.absent), *near_words(self.near)])
        more = [*near_words(self.near), *([NO_KEYBOARD] if self.kind == "EOFError" else [])]
        error = self.error.rstrip(".") + "." if more else self.error
        return joined([Both(error, error), *more, *line_words(self.line, self.code)])


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
        if isinstance(error, NotImplementedError) and frame is frames[-1][0]:
            unanswered = frame.f_code.co_qualname.partition(".")[0]
    if isinstance(error, SyntaxError) and error.lineno:
        line, code = error.lineno, (error.text or "").strip()
    message = " ".join((error.msg if isinstance(error, SyntaxError) else _said(error)).split())[:LONGEST]
    return Fault(type(error).__name__, message, line, code, _near(error, frames[-1][0] if frames else None), unanswered)


def absent(name: str, namespace: dict) -> Fault:
    """That a function is not there, and which one that is there comes near."""
    own = [known for known, thing in namespace.items() if callable(thing) and not known.startswith("_")]
    return Fault("NameError", f"{name} is not defined", near=close_name(name, own), absent=name)


def close_name(name: str, known: Iterable[str]) -> str:
    """The known name that comes nearest to a misspelt one; "" if none is near."""
    others = [one for one in known if one != name]
    exact = [one for one in others if one.lower() == name.lower()]
    cutoff = 0.7 if len(name) > 4 else 0.6  # two letters swapped in a name of three are near
    return next(iter(exact + difflib.get_close_matches(name, others, n=1, cutoff=cutoff)), "")


def _frames(trace: TracebackType | None) -> Iterable[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # their own class may do anything
        return ""


def _near(error: BaseException, frame: FrameType | None) -> str:
    """The name that was perhaps meant; Python's own suggestions come only with a traceback."""
    said = _said(error)
    if "Did you mean" in said:
        return ""
    if isinstance(error, NameError) and error.name and frame:
        return close_name(error.name, {**vars(builtins), **frame.f_globals, **frame.f_locals})
    if isinstance(error, AttributeError) and error.name:
        return close_name(error.name, [name for name in dir(error.obj) if not name.startswith("_")])
    if isinstance(error, TypeError):
        return _near_keyword(said, frame)
    return ""


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
