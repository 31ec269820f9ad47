"""What a cell's text is, without running it: what it defines, whether it answers, whether it is prose; its pictures."""

import ast
import builtins
import re
import symtable
import unicodedata
import warnings
from collections.abc import Iterable, Set
from functools import lru_cache
from urllib.parse import quote, unquote

from ..cells import python
from ..cells import tree as parsed_python

FENCED = re.compile(r"\A\s*(`{3,9}|~{3,9})[^\n]*\n(.*?)\n?\1\s*\Z", re.DOTALL)
DEFINITION = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)|^(\w+)[^\S\n]*(?::[^=\n]+)?=[^=]", re.MULTILINE)
GIVEN = ("check", "mine", "predict", "reveal", "show", "start")  # what the first cell gives to graded ones
RUN = {"setup", "answer"}  # tags of a lesson's cells that are executed; no experiments
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
MAGIC = re.compile(r"^[^\S\n]*[!%]", re.MULTILINE)
SAFE = re.compile(r"[\w.-]+", re.ASCII)
PICTURE = re.compile(  # in Markdown, in HTML, as a reference's target
    r"""!?\[[^\]\n]{0,500}\]\(<?attachment:([^)\n]*)\)|<img\b[^>]{0,500}attachment:([^"'>]*)[^>]*>"""
    r"""|^ *\[[^\]\n]{1,500}\]: *<?attachment:([^\s>]*).*$""",
    re.MULTILINE,
)


def tree(source: str) -> ast.Module | None:
    """Python's reading of a cell, or None where not even IPython could read it."""
    return parsed_python(python(source))


@lru_cache(4096)
def plain(source: str) -> str:
    """A source without what editors change: spaces at the ends of lines, empty lines around."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def same(one: str, other: str) -> bool:
    return plain(one) == plain(other)


def unfenced(source: str) -> str:
    """The code in a text that holds nothing but a fenced block, else the text itself."""
    fenced = FENCED.match(source)
    return fenced[2] if fenced else source


def defined(source: str) -> set[str]:
    """What a source calls functions, classes and values at its top level, also where it is broken further down."""
    found = {function or value for function, value in DEFINITION.findall(python(source))}
    return found | {node.name for node in _at_top(source) if isinstance(node, NAMED)}


def answered(source: str, stub: str = "") -> set[str]:
    """Those of them that are more than a stub, one that never gets past NotImplementedError or is as in `stub`."""
    return defined(source) - {node.name for node in _at_top(source) if isinstance(node, NAMED) and _idle(node, stub)}


def _at_top(source: str) -> list[ast.stmt]:
    """The statements at a source's top level, and those that an `if` holds there."""
    found, ahead = [], list(getattr(tree(source), "body", ()))
    while ahead:
        found.append(node := ahead.pop())
        ahead += [*node.body, *node.orelse] if isinstance(node, ast.If) else []
    return found


@lru_cache(1024)
def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a source binds at its top level, imports included, and those of other cells that it uses."""
    if tree(source) is None:
        return frozenset(), frozenset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            top = symtable.symtable(python(source), "a cell", "exec")
        except (SyntaxError, RecursionError):  # such as `return` outside of a function
            return frozenset(), frozenset()
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used, tables = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}, top.get_children()
    for table in tables:
        used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        tables += table.get_children()
    return frozenset(bound), frozenset(used - bound - set(dir(builtins)))


def mentioned(source: str) -> set[str]:
    """The names that a source uses anywhere, as such or in a string of their own: `mine("lerp")`."""
    nodes = list(ast.walk(tree(source) or ast.Module([], [])))
    said = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return said | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def definitions(sources: Iterable[str], wanted: Set[str]) -> str:
    """The functions, classes, imports and plain values of those names in some sources, and what these use of them."""
    given: dict[str, tuple[str, Set[str]]] = {}  # name -> its statement, the last, and what that uses
    for source in map(python, sources):
        for node in getattr(tree(source), "body", ()):
            if isinstance(node, (*NAMED, ast.Import, ast.ImportFrom)) or _is_plain_value(node):
                first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
                text = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
                bound, used = names(text)
                given |= dict.fromkeys(bound, (text, used))
    ahead, found = set(wanted), set[str]()
    while new := (ahead - found) & given.keys():
        found |= new
        ahead = {name for one in new for name in given[one][1]}
    return "\n\n".join(dict.fromkeys(text for name, (text, _) in given.items() if name in found))


def lasting(source: str) -> str:
    """A cell's functions, classes, imports and values that nothing is called for, on their lines, and no more of it."""
    lines = python(source).splitlines()
    for node in getattr(tree(source), "body", ()):
        if not (isinstance(node, (*NAMED, ast.Import, ast.ImportFrom)) or _calls_nothing(node)):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(lines)


def _calls_nothing(node: ast.stmt) -> bool:
    calls = (ast.Call, ast.Await, ast.comprehension)
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and not any(isinstance(one, calls) for one in ast.walk(node))


def _is_plain_value(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def unanswered(source: str, stub: str = "") -> bool:
    """Whether a source does nothing, or no more than a stub."""
    parsed = tree(source)
    return parsed is not None and all(_idle(node, stub) for node in parsed.body)


def _idle(node: ast.stmt, stub: str = "") -> bool:
    if any(_alike(node, given) for given in getattr(tree(stub), "body", ())):
        return True
    if isinstance(node, ast.ClassDef):
        return all(_idle(inner) for inner in node.body)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return any(isinstance(inner, ast.Raise) and _idle(inner) for inner in node.body) or all(map(_idle, node.body))
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _alike(one: ast.stmt, other: ast.stmt) -> bool:
    try:
        return type(one) is type(other) and ast.dump(one) == ast.dump(other)
    except RecursionError:  # a sum of hundreds of terms
        return False


def is_text(kind: str, source: str) -> bool:
    """Whether somebody may have answered a question in a cell: words, also where they stand in a cell for code."""
    if not re.search(r"[^\W\d_]", source):
        return False
    if kind != "code":
        return True
    parsed = tree(source)
    return not MAGIC.search(source) and (parsed is None or all(_words(node) for node in parsed.body))


def _words(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def with_pictures(source: str, attachments: dict) -> tuple[str, dict, list[str]]:
    """A text whose pasted pictures nbconvert finds: their names plain, and words where one is lost.

    -> the text, its pictures, the names of those that are lost
    """
    kept: dict[str, dict] = {}
    for number, (name, picture) in enumerate(attachments.items(), 1):
        safe = name if SAFE.fullmatch(name) else f"picture-{number}"
        for spelling in _spellings(name):
            link = re.compile(rf"""attachment:{re.escape(spelling)}(?=[)\s"'>]|$)""", re.MULTILINE)
            source, times = link.subn(f"attachment:{safe}", source)
            kept |= {safe: picture} if times else {}
    lost: list[str] = []

    def words(found: re.Match) -> str:
        link = next(part for part in found.groups() if part is not None)
        if link.partition(" ")[0].rstrip(">") in kept:
            return found[0]
        lost.append(unquote(link).strip(" >") or "?")
        return f"[{lost[-1]}]"

    return PICTURE.sub(words, source), kept, lost


def _spellings(name: str) -> set[str]:
    """How links may write a picture's name."""
    forms = {unicodedata.normalize(form, one) for form in ("NFC", "NFD") for one in (name, unquote(name))}
    kept = ("", "!~*'()", "!~*'();/?:@&=+$,#")  # by Python; by a browser's encodeURIComponent and encodeURI
    return forms | {quote(form, safe) for form in forms for safe in kept} | {form.replace(" ", "%20") for form in forms}
