"""What an answer's cell needs of other cells, and what of that can be taken into a program. Nothing is executed here.

Functions, classes, imports and constants that are written out can be taken along; what a cell computes can't.
"""

import ast
import builtins
import importlib
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..cells import python as plain_python
from ..exercises import EXERCISES, LESSONS

ANSWERS = {function for exercise in EXERCISES.values() for function in exercise.functions}
BY_THEMSELVES = ANSWERS | set(dir(builtins)) | {"__name__", "__file__"}  # names that no cell need bring
TAKEN = LESSONS[: LESSONS.index("09-faces") + 1]  # whose answers lesson 09 makes one program of
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a cell."""

    text: str
    binds: frozenset[str]
    reads: frozenset[str]
    portable: bool  # it runs anywhere, given what it reads


def python(source: str) -> str:
    """A cell without what only IPython understands. Raises SyntaxError."""
    source = plain_python(source)
    ast.parse(source)
    return source


def binds(source: str) -> frozenset[str]:
    """The names that a source binds at its top: by assignment, definition, import, loop or `with`."""
    stars = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    top = symtable.symtable(source, "cell", "exec").get_symbols()
    bound = {symbol.get_name() for symbol in top if symbol.is_assigned() or symbol.is_imported()}
    return frozenset(bound.union(*map(_exported, stars)))


def reads(source: str) -> frozenset[str]:
    """The names that a source needs from outside, in functions and classes too."""
    return frozenset(_global_names(symtable.symtable(source, "cell", "exec"))) - binds(source)


def statements(cells: Iterable[str]) -> list[Statement]:
    """What stands at the top of cells, in their order; a cell that is no Python is left out."""
    found = []
    for cell in cells:
        try:
            source = python(cell)
        except SyntaxError:
            continue
        found += [one for node in ast.parse(source).body for one in _statements(source, node)]
    return found


def taken(source: str, others: list[Statement], there: frozenset[str]) -> tuple[list[Statement], set[str]]:
    """(the statements that a source needs, in their order; the names that none of them can bring)

    others: the last one that binds a name counts; there: names that are at hand anyway.
    """
    last = {name: position for position, one in enumerate(others) for name in one.binds}
    chosen, lost, open_names = set[int](), set[str](), set(reads(source))
    while open_names:
        name = open_names.pop()
        if name in there or name in BY_THEMSELVES or name in lost:
            continue
        position = last.get(name)
        if position is None or not others[position].portable:
            lost.add(name)
        elif position not in chosen:
            chosen.add(position)
            open_names |= others[position].reads
    return [others[position] for position in sorted(chosen)], lost


def left_behind(functions: Iterable[str], ran: Iterable[str]) -> set[str]:
    """What the cell of these functions needs of other cells and can't be taken along.

    ran: the sources of all cells that ran, in that order; the last one that defines the functions is theirs.
    """
    cells, own = [], ""
    for cell in ran:
        try:
            source = python(cell)
        except SyntaxError:
            continue
        if binds(source) >= set(functions):
            source, own = own, source
        cells.append(source)
    return taken(own, statements(cells), frozenset())[1]


def _exported(star: ast.ImportFrom) -> list[str]:
    """What `from ... import *` brings, [] if there is no such module."""
    try:
        names = vars(importlib.import_module(star.module or ""))
    except (ImportError, ValueError):
        return []
    return names.get("__all__") or [name for name in names if not name.startswith("_")]


def _global_names(table: symtable.SymbolTable) -> Iterator[str]:
    at_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (at_top or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _global_names(inner)


def _statements(source: str, node: ast.stmt) -> Iterator[Statement]:
    """A statement, and an import name by name."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        for name in node.names:
            alone: ast.stmt = ast.Import([name])
            if isinstance(node, ast.ImportFrom):
                alone = ast.ImportFrom(node.module, [name], node.level)
            text = ast.unparse(alone)
            yield Statement(text, binds(text), frozenset(), portable=True)
        return
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    text = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
    if not isinstance(node, DEFINITIONS):
        text = ast.get_source_segment(source, node) or text  # others may stand on its line
    whole = ast.unparse(node)
    yield Statement(text, binds(whole), reads(whole), _portable(node))


def _portable(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is not None and not any(isinstance(inner, ast.Call | ast.Await) for inner in _now(node.value))
    return isinstance(node, DEFINITIONS)


def _now(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of an expression that run as it is evaluated: not what a lambda holds."""
    yield node
    if not isinstance(node, ast.Lambda):
        for inner in ast.iter_child_nodes(node):
            yield from _now(inner)
