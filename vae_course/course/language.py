"""A lesson's code in one language: the marks `say(es=..., en=...)` and `Both(es=..., en=...)` give way to one text."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

from ..text import LANGUAGES

MARKS = {"say": "print({})", "Both": "{}"}  # what stands in a mark's place


class MarkError(Exception):
    """Code that can't be told in one language; the message says why."""


def in_language(source: str, lang: str) -> str:
    """A source whose marks are resolved; its layout is `formatted`'s work. Raises MarkError."""
    while marks := [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and _mark(node)]:
        innermost = marks[-1]
        source = _replaced(source, innermost, _resolved(source, innermost, lang), rb" *# fmt: skip")
    source = _without_import(source)
    if left := _left(source):
        raise MarkError(f"{left} is left: say and Both are marks for the builder, with es= and en= and nothing else")
    return source


def formatted(sources: list[str], root: Path) -> list[str]:
    """Cells laid out by Ruff in the style of the course's pyproject.toml."""
    cells: list[dict] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in sources
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"language_info": {"name": "python"}}, "cells": cells}
    command = [sys.executable, "-m", "ruff", "format", "--config", str(root / "pyproject.toml")]
    command += ["--no-cache", "--stdin-filename", "lesson.ipynb", "-"]
    done = subprocess.run(command, input=json.dumps(notebook), capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise MarkError(f"Ruff could not format the code: {done.stderr.strip()}")
    return ["".join(cell["source"]) for cell in json.loads(done.stdout)["cells"]]


def _mark(node: ast.AST) -> str | None:
    """The name of the mark that a node is."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
        return node.func.id
    return None


def _resolved(source: str, mark: ast.Call, lang: str) -> str:
    """What stands in a mark's place."""
    name, whole = _mark(mark), ast.get_source_segment(source, mark) or ""
    texts = {keyword.arg: keyword.value for keyword in mark.keywords}
    if mark.args or texts.keys() != set(LANGUAGES):
        raise MarkError(f"{whole} needs es= and en=, and nothing else")
    text = ast.get_source_segment(source, texts[lang])
    if name is None or text is None or not whole.startswith(name):
        raise MarkError(f"a mark inside a string, near line {mark.lineno}")  # Python 3.11 does not know where it is
    return MARKS[name].format(f"({text})" if name == "Both" and "\n" in text else text)


def _replaced(source: str, node: ast.expr | ast.stmt, text: str, and_then: bytes = b"") -> str:
    """A source with a node's characters replaced, and what follows them if it matches `and_then` dropped.

    ast counts lines from 1 and columns in bytes.
    """
    whole = source.encode()
    lines = whole.split(b"\n")

    def place(line: int | None, column: int | None) -> int:
        return sum(len(one) + 1 for one in lines[: (line or 1) - 1]) + (column or 0)

    start, end = place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)
    return (whole[:start] + text.encode() + re.sub(rb"\A" + and_then, b"", whole[end:])).decode()


def _without_import(source: str) -> str:
    """A source that no longer imports Both."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "vae_course.text":
            kept = [alias for alias in node.names if alias.name != "Both"]
            text = ast.unparse(ast.ImportFrom(node.module, kept, 0)) if kept else ""
            return _replaced(source, node, text, b"" if kept else rb"\n?")
    return source


def _left(source: str) -> str:
    """What still belongs to a text in two languages, "" if nothing: names and attributes, not what strings say."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in ("say", "Both", "pick"):
            return node.id
        if isinstance(node, ast.Attribute) and node.attr in ("es", "en"):
            return f".{node.attr}"
    return ""
