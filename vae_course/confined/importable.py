"""What an answer may import of the course: earlier lessons, and of its own lesson all but what it is to write.

The checks' side takes the texts from the library's files and leaves out what is asked for; the student's process gets
the texts, and nothing of the library's files. No reference is imported here, nor by the process that grades.
"""

import __future__

import ast
import importlib.abc
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, MappingProxyType, ModuleType

from ..exercises import ALL, LESSONS

PACKAGE = Path(__file__).parents[1]
ROOM = PACKAGE.name
SHARED = ("files",)  # what lessons lean on
OURS = "{name} is the exercise itself"  # vae_course/meanings.py says more
CLOSED = "{name} can't be imported while answers are graded"
REFUSING = """

def __getattr__(name):
    if name in {names!r}:
        raise ImportError("{ours}")
    raise AttributeError(name)
"""


@cache
def importable(*exercises: str) -> Mapping[str, str]:
    """Module -> text of what answers to exercises of one lesson may import; without a name, of all lessons."""
    texts = {name: (PACKAGE / f"{name}.py").read_text(encoding="utf-8") for name in SHARED}
    for lesson in LESSONS:
        name = lesson[3:].replace("-", "_")
        text = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
        if functions := [
            one for exercise in exercises if ALL[exercise].lesson == lesson for one in ALL[exercise].functions
        ]:
            return MappingProxyType({**texts, name: without(text, functions, name)})
        texts[name] = text
    return MappingProxyType(texts)


def without(text: str, functions: Sequence[str], module: str) -> str:
    """A module's text with blank lines for those functions and what only they use; importing one says why."""
    defined = {name: node for node in ast.parse(text).body for name in _names(node)}
    gone, lines = _left_out(defined, set(functions)), text.splitlines()
    for node in (defined[name] for name in gone):
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        lines[first - 1 : node.end_lineno] = [""] * (node.end_lineno - first + 1)
    ours = OURS.format(name=f"{ROOM}.{module}." + '" + name + "')
    return "\n".join(lines) + REFUSING.format(names=sorted(gone), ours=ours)


def _left_out(defined: Mapping[str, ast.stmt], functions: set[str]) -> set[str]:
    """Those functions, what nothing else uses (other exercises count), and what is computed of these while loading."""
    uses = {name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} for name, node in defined.items()}
    theirs = _reached(functions, uses)
    others = {name for exercise in ALL.values() for name in exercise.functions} | (set(defined) - theirs)
    kept = _reached(others - functions, {name: used for name, used in uses.items() if name not in functions})
    gone = theirs - kept
    return gone | {name for name, node in defined.items() if _computed(node) and uses[name] & gone}


def _names(node: ast.stmt) -> list[str]:
    """What a statement at a module's top defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _computed(node: ast.stmt) -> bool:
    """Whether it is computed while the module loads."""
    return not isinstance(node, (ast.FunctionDef, ast.ClassDef))


def _reached(names: set[str], uses: Mapping[str, set[str]]) -> set[str]:
    """Those names and all defined ones that they use, directly or not."""
    found, new = set[str](), names & set(uses)
    while new:
        found |= new
        new = {used for name in new for used in uses[name] if used in uses} - found
    return found


class Given(importlib.abc.SourceLoader):
    """A module whose text is given and not read."""

    def __init__(self, file: str, text: bytes):
        self.file, self.text = file, text

    def get_filename(self, fullname: str) -> str:
        return self.file

    def get_data(self, path: str | bytes) -> bytes:
        if path != self.file:
            raise FileNotFoundError(path)
        return self.text

    def lines(self) -> list[str]:
        """Raises SyntaxError, UnicodeDecodeError."""
        return importlib.util.decode_source(self.text).splitlines(keepends=True)


class OfTheCourse(Given):
    """The same, whose annotations may name what was left out."""

    def source_to_code(self, data, path="<string>") -> CodeType:  # type: ignore[override]
        return compile(data, path, "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True)


@dataclass
class Finder(importlib.abc.MetaPathFinder):
    """Where the student's process finds the course: in these texts, and nowhere else."""

    texts: Mapping[str, str]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        room, _, name = fullname.partition(".")
        if room != ROOM or not name:
            return None
        if name not in self.texts:
            raise ImportError(CLOSED.format(name=fullname), name=fullname)
        return module_spec(fullname, OfTheCourse(str(PACKAGE / f"{name}.py"), self.texts[name].encode()))


def module_spec(name: str, loader: Given) -> ModuleSpec:
    spec = importlib.util.spec_from_file_location(name, loader.file, loader=loader)
    assert spec is not None
    return spec


def only_from(texts: Mapping[str, str]) -> None:
    """From here on this process imports nothing of the course but these texts, and what it has loaded."""
    sys.meta_path.insert(0, Finder(texts))
    sys.path[:] = [path for path in sys.path if path and Path(path) != PACKAGE.parent]
