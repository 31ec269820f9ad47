"""A program as text and tree, and changes of it that leave all other characters in place."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]  # of UTF-8 bytes, as in the tree


@dataclass(frozen=True)
class Edit:
    """One span of a program and what stands there instead."""

    start: int
    end: int
    text: str


class Source:
    """A program whose nodes know where they stand and what they are part of."""

    def __init__(self, text: str):
        self.text, self.data, self.tree = text, text.encode(), ast.parse(text)
        self.starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def span(self, node) -> Span:
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def lines(self, node) -> range:
        """Those of the statement that a node is in: of a function its body, of one that holds others its head."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        end = (node.end_lineno or node.lineno) + 1
        body = [one for one in getattr(node, "body", []) if not is_docstring(one)]
        if isinstance(node, ast.FunctionDef) and body:
            return range(body[0].lineno, end)
        return range(node.lineno, max(body[0].lineno, node.lineno + 1) if body else end)

    def of(self, node) -> str:
        return self.between(*self.span(node))

    def between(self, start: int, end: int) -> str:
        return self.data[start:end].decode()

    def replace(self, node, text: str) -> Edit:
        return Edit(*self.span(node), text)

    def rename(self, attribute: ast.Attribute, name: str) -> Edit:
        """Another name after the last dot."""
        _, end = self.span(attribute)
        return Edit(end - len(attribute.attr.encode()), end, name)

    def operator(self, left, right, old: str, new: str) -> Edit | None:
        """Another operator between two operands, whatever brackets and line breaks are around it."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.between(start, end)
        found = re.search(re.escape(old) if not old[0].isalpha() else rf"\b{old}\b", gap)
        return Edit(start, end, gap[: found.start()] + new + gap[found.end() :]) if found else None

    def operands(self, node: ast.BinOp, symbol: str) -> tuple[str, str]:
        """Both sides of an operator as they are written, with their brackets."""
        (start, end), gap = self.span(node), self.span(node.left)[1]
        at = self.data.index(symbol.encode(), gap)
        return self.between(start, at).strip(), self.between(at + len(symbol), end).strip()

    def without(self, call: ast.Call, argument) -> Edit:
        """A call without one of its arguments, which may be a keyword."""
        arguments = sorted([*call.args, *call.keywords], key=lambda one: self.span(one))
        k = arguments.index(argument)
        if k:
            return Edit(self.span(arguments[k - 1])[1], self.span(argument)[1], "")
        end = self.span(arguments[1])[0] if len(arguments) > 1 else self.span(argument)[1]
        return Edit(self.span(argument)[0], end, "")

    def apply(self, edit: Edit) -> str:
        return (self.data[: edit.start] + edit.text.encode() + self.data[edit.end :]).decode()


def parts(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of some statements but what no reader of the result can tell: types, docstrings, imports, messages."""
    for statement in statements:
        yield from _below(statement)


def _below(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr)):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") or (isinstance(node, ast.Raise) and name in ("exc", "cause")):
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST) and not is_docstring(child):
                yield from _below(child)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
