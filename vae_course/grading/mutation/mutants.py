"""Right answers, and the wrong ones that each rule makes of them."""

import ast
import difflib
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...exercises import EXERCISES
from . import statements  # noqa: F401  (registers its rules)
from .rules import RULES
from .source import Edit, Source, parts

PACKAGE = Path(__file__).parents[2]  # whose lesson modules are read as text and never imported
REFERENCE = "reference"
TRAINED = {  # what gradients must pass
    *("ConvEncoder", "ConvDecoder", "reparameterize", "kl_divergence", "reconstruction_loss", "vae_loss", "log_normal"),
    *("VAE", "train_step", "train_epoch", "flow_matching_loss"),
}


@dataclass(frozen=True)
class Answer:
    """A right answer to an exercise."""

    exercise: str
    name: str  # of its file in the bank, or "reference"
    text: str


@dataclass(frozen=True)
class Mutant:
    """A right answer with one place changed by a rule."""

    answer: Answer
    rule: str
    text: str

    @cached_property
    def diff(self) -> list[str]:
        """The changed lines, "-" before the old and "+" before the new ones."""
        _, _, *lines = difflib.unified_diff(self.answer.text.splitlines(), self.text.splitlines(), lineterm="", n=0)
        return [line for line in lines if line[0] in "+-"]

    def changed(self, sign: str) -> str:
        """The old ("-") or new ("+") lines as one, spaces evened out."""
        return " ".join(" ".join(line[1:].split()) for line in self.diff if line[0] == sign)


def right_answers(exercise: str, bank: Path) -> list[Answer]:
    """The course's own answer, as the text of its module, and the right ones of the bank."""
    own = (PACKAGE / f"{EXERCISES[exercise].module}.py").read_text(encoding="utf-8")
    own = re.sub(r"^from \.(\w+) import", r"from vae_course.\1 import", own, flags=re.M)
    answers = [Answer(exercise, REFERENCE, own)]
    for file in sorted((bank / exercise).glob("right_*.py")):
        answers.append(Answer(exercise, file.stem, file.read_text(encoding="utf-8")))
    return answers


def mutants(answer: Answer, rules: dict = RULES, reached: Collection[int] = ()) -> list[Mutant]:
    """All programs that the rules make of an answer, each once; what does not compile is none.

    reached: the lines that the checks ran. The reference's others are left alone: they serve options of its own, which
    no check asks for. All of a student's answer counts.
    """
    source = Source(answer.text)
    seen, found = {ast.dump(source.tree)}, []
    own = set(reached) if answer.name == REFERENCE else None
    for rule, edit in edits(source, answer, rules, own):
        text = source.apply(edit)
        program = dumped(text)
        if program is not None and program not in seen:
            seen.add(program)
            found.append(Mutant(answer, rule, text))
    return found


def dumped(text: str) -> str | None:
    """What a program says, however it is written; None for one that does not compile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(text, "mutant", "exec")
        except (SyntaxError, ValueError):
            return None
        return ast.dump(ast.parse(text))


def edits(source: Source, answer: Answer, rules: dict, only: set[int] | None) -> Iterator[tuple[str, Edit]]:
    """(rule, edit) for all places of an answer, or for those on some lines."""
    for node in parts(used(source.tree, EXERCISES[answer.exercise].functions)):
        if only and only.isdisjoint(source.lines(node)):
            continue
        for name, functions in rules.items():
            if name == "detach" and answer.exercise not in TRAINED:
                continue
            for function in functions:
                yield from ((name, edit) for edit in function(source, node) if edit is not None)


def used(tree: ast.Module, functions: tuple[str, ...]) -> list[ast.stmt]:
    """The statements of a module that the answer consists of: what is asked for and what that uses, in its order.

    What is another exercise's own is left to that.
    """
    defined = {name: statement for statement in tree.body for name in names(statement)}
    others = {name for exercise in EXERCISES.values() for name in exercise.functions} - set(functions)
    wanted, found = list(functions), set()
    while wanted:
        statement = defined.get(wanted.pop())
        if statement is not None and statement not in found:
            found.add(statement)
            wanted += [one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and one.id not in others]
    return [statement for statement in tree.body if statement in found]


def names(statement: ast.stmt) -> list[str]:
    """What a module's statement defines."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
