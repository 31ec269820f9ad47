"""The table of sentences that visible and hidden checks share: each is used by both, and none is written twice."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from helpers.grading import CHECKS

from vae_course.grading.checks import SENTENCES
from vae_course.notebook import visible
from vae_course.sentences import FILE, SAID

SIDES = {"visible": Path(visible.__file__).parent, "hidden": CHECKS}
FEWEST = 4  # words of a sentence; less is a name or a piece of one


def trees(side):
    return [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(SIDES[side].glob("*.py"))]


def used(tree):
    """Names of the table's sentences that a module says."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "SAID"}


def written(tree):
    """What a module's strings say, without its docstrings; what an f-string fills in is a gap."""
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)) and isinstance(node.body[0], ast.Expr)
    }
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    pieces = {piece for node in whole for piece in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs | pieces:
            yield node.value
    for node in whole:
        yield "".join(piece.value if isinstance(piece, ast.Constant) else "{}" for piece in node.values)


def plain(text):
    """A sentence as it is compared: letters, signs and gaps, whatever its capitals, quotes and stops."""
    text = re.sub(r"\{[^}]*\}", "{}", text.casefold())
    return " ".join(re.sub(r"[.,:;`«»\"()¿?]", " ", text).split())


def sentences(texts):
    return {text for text in map(plain, texts) if len(text.replace("{}", "").split()) >= FEWEST}


TABLE = {name: sentences(both) for name, both in vars(SAID).items()}


@pytest.mark.parametrize("side", SIDES)
def test_the_checks_say_what_is_in_the_table_and_all_of_it(side):
    assert set().union(*map(used, trees(side))) == set(vars(SAID))


def test_no_sentence_of_the_table_is_written_in_a_check():
    """Neither whole nor as a part of a longer one."""
    texts = sentences(text for side in SIDES for tree in trees(side) for text in written(tree))
    table = set().union(*TABLE.values())
    assert [(text, said) for text in texts for said in table if f" {said} " in f" {text} "] == []


def test_no_sentence_is_written_on_both_sides():
    """Neither as it is nor with more behind or before it."""
    one, other = (sentences(text for tree in trees(side) for text in written(tree)) for side in SIDES)
    assert [(a, b) for a in one for b in other if f" {a} " in f" {b} " or f" {b} " in f" {a} "] == []


def test_no_sentence_of_the_table_stands_twice():
    names = [name for name, texts in TABLE.items() for _ in texts]
    assert len(set().union(*TABLE.values())) == len(names)


def test_both_languages_fill_in_the_same_and_end_like_sentences():
    for name, both in vars(SAID).items():
        gaps = [re.findall(r"\{(\w+)\}", text) for text in both]
        assert gaps[0] == gaps[1] and all(text.endswith((".", "?")) for text in both), name


def test_hidden_checks_read_the_same_table(monkeypatch):
    """By the path that whoever grades names."""
    monkeypatch.setenv(SENTENCES, str(FILE))
    spec = importlib.util.spec_from_file_location("checking_beside", CHECKS / "checking.py")
    checking = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checking)
    assert vars(checking.SAID) == vars(SAID)
    assert checking.SAID.not_float32.format(found="int8") == SAID.not_float32.format(found="int8")
