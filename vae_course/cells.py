"""What a notebook's cell is as Python, without running it."""

import ast
import re
import warnings
from functools import lru_cache

NOT_PYTHON = re.compile(r"^([^\S\n]*)(?:[!%?].*|[\w.]+\?{1,2}[^\S\n]*)$", re.MULTILINE)
RUNS_ITS_CELL = re.compile(r"\A\s*%%(?:time|timeit|capture|prun)\b.*")
OTHER_LANGUAGE = re.compile(r"\A\s*%%")


@lru_cache(1024)
def tree(source: str) -> ast.Module | None:
    """Python's reading of a source, or None where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "\d" in a string
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def python(source: str) -> str:
    """A cell without what only IPython understands, its lines where they were: magics, shell commands, questions."""
    if tree(source) is not None:
        return source
    source = RUNS_ITS_CELL.sub("", source)
    return "" if OTHER_LANGUAGE.match(source) else NOT_PYTHON.sub(r"\1pass", source)
