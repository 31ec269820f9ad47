"""What a notebook's cell is as Python, without running it: as IPython reads it, magics and the shell left out."""

import ast
import re
import warnings
from functools import lru_cache

TO_ITS_END = r"(?:.*\\\n)*.*$"  # of a command, with the lines that a backslash adds
NOT_PYTHON = re.compile(rf"^([^\S\n]*)(?:(?:[!?]|%(?! )){TO_ITS_END}|[\w.]+\?{{1,2}}[^\S\n]*$)", re.MULTILINE)
ASSIGNED = re.compile(rf"^([^\S\n]*[\w(\[*][\w.,:*()\[\] \t]*=[^\S\n]*)(?:!|%(?=\w)){TO_ITS_END}", re.MULTILINE)
RUNS_ITS_LINE = re.compile(r"^([^\S\n]*)%time[^\S\n]+(?=[^\s-])", re.MULTILINE)
RUNS_ITS_CELL = re.compile(r"\A(?:\s*%%(?:time|timeit|capture|prun)\b.*)+")
OTHER_LANGUAGE = re.compile(r"\A\s*%%")
INDENTED = re.compile(r"\A(?:[^\S\n]*\n)*([ \t]+)(?=\S)")
PROMPTED = re.compile(r"\A\s*+(?:>>>(?: |$)|In \[\d+\]: |.*\n(?:>>>|\.\.\.)(?: |$))", re.MULTILINE)
PROMPT = re.compile(r"^(?:(?:>>>|\.\.\.)(?: |$)|In \[\d+\]: |[ \t]+\.{3,}:(?: |$))", re.MULTILINE)


@lru_cache(1024)
def tree(source: str) -> ast.Module | None:
    """Python's reading of a source, or None where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "\d" in a string
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(1024)
def python(source: str) -> str:
    """A cell without what only IPython understands, its lines where they were.

    That is: a first line's indentation, taken from all lines; prompts; magics, shell commands, questions. What is
    assigned from one of these is None.
    """
    source = _unprompted(source)
    if magic := RUNS_ITS_CELL.match(source):
        source = _unprompted("\n" * magic[0].count("\n") + source[magic.end() :])
    if tree(source) is not None:
        return source
    if OTHER_LANGUAGE.match(source):
        return ""
    source = RUNS_ITS_LINE.sub(r"\1", source)
    source = ASSIGNED.sub(lambda found: _instead(found, "None"), source)
    return NOT_PYTHON.sub(lambda found: _instead(found, "pass"), source)


def _unprompted(source: str) -> str:
    """A source without prompts and without its first line's indentation; as it is where it is Python."""
    if tree(source) is not None:
        return source
    if first := INDENTED.match(source):
        source = re.sub(f"^{first[1]}", "", source, flags=re.MULTILINE)
    return PROMPT.sub("", source) if PROMPTED.match(source) else source


def _instead(found: re.Match[str], word: str) -> str:
    """What stands for a command, as many lines as it had."""
    return found[1] + word + "\n" * found[0].count("\n")
