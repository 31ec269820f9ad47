"""What runs in Jupyter runs when it is graded: indented cells, prompts, what a command's output is assigned to."""

import ast
import textwrap

import pytest
from helpers import judged
from helpers.submissions import answered, at, released, untouched
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell

from vae_course.cells import python
from vae_course.confined.contents import defined, is_text, names
from vae_course.confined.process import Zygote
from vae_course.grading.normalize import normalized
from vae_course.notebook import along

LESSON = "04-loss"
CODE = 'def f(x):\n    """A sum.\n\n    of two"""\n    y = x + 1\n\n    return y\n'


def prompted(source, first=">>> ", more="... "):
    """As a console shows it, a prompt a statement."""
    lines = source.splitlines()
    starts = {node.lineno for node in ast.parse(source).body}
    return "\n".join((first if k in starts else more) + line for k, line in enumerate(lines, 1))


def indented(source, by="    "):
    return textwrap.indent(source, by)


def guarded(source):
    return f'if __name__ == "__main__":\n{indented(source)}'


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as process:
        yield process


@pytest.mark.parametrize(
    "written",
    [
        CODE, indented(CODE), indented(CODE, "\t"), "\n\n" + indented(CODE), prompted(CODE), indented(prompted(CODE)),
        prompted(CODE, "In [1]: ", "   ...: "), "import torch\n" + prompted(CODE),
    ],
)  # fmt: skip
def test_indentation_and_prompts_are_taken_off_as_ipython_does(written):
    ours, theirs = python(written), TransformerManager().transform_cell(written)
    assert ast.dump(ast.parse(ours)) == ast.dump(ast.parse(theirs))
    assert len(ours.splitlines()) == len(written.splitlines())


@pytest.mark.parametrize(
    ("written", "is_read_as"),
    [
        ("files = !ls\nx = 1", "files = None\nx = 1"),
        ("def f():\n    a, b = !ls -l | head -2\n    return a", "def f():\n    a, b = None\n    return a"),
        ("t = %timeit -o f()\nx = 1", "t = None\nx = 1"),
        ("!pip install a \\\n    b\nx = 1", "pass\n\nx = 1"),
        ("files = !ls \\\n    -l\nx = 1", "files = None\n\nx = 1"),
        ("%time x = 1", "x = 1"),
        ("    %%time\n    x = 1", "\nx = 1"),
        ("%%time\n%%capture\n    x = 1", "\n\nx = 1"),
        ("%%bash\nrm -r .", ""),
        ("!ls\nx = ('%d'\n     % 1)", "pass\nx = ('%d'\n     % 1)"),
        ("!ls\nx = 1 if 2 != 3 else 4", "pass\nx = 1 if 2 != 3 else 4"),
    ],
)
def test_commands_are_lines_that_do_nothing(written, is_read_as):
    assert python(written) == is_read_as


def test_a_source_of_any_shape_takes_no_time():
    for source in (" " * 10**5, "\n" * 10**5, "x " * 10**5, "%%time\n" * 10**4, "x = \\\n" * 10**4, "(x" * 10**4):
        python(source + "(")  # would take hours if it took the square


@pytest.mark.parametrize(
    "habit",
    [
        indented, prompted, guarded, lambda source: indented(source, "\t"), lambda source: f"files = !ls\n{source}",
        lambda source: "took = %timeit -o 1\n%time HALF = 0.5\n" + source.replace(" 0.5 ", " HALF "),
    ],
    ids=["indented", "prompted", "guarded", "tab", "shell", "magic"],
)  # fmt: skip
def test_an_answer_that_runs_in_jupyter_has_its_points(zygote, habit):
    notebook = judged.rebuilt(LESSON)
    for exercise in ("kl_divergence", "vae_loss"):
        cell = notebook.cells[at(notebook, exercise)]
        cell.source = habit(cell.source)
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON)


def test_nothing_of_the_shell_and_no_magic_is_executed(zygote):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", "x = !exit 1\n%run nothing.py\n!kill -9 $$\nassert x is None\n{}")
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON)
    assert judged.output(notebook, "kl_divergence") == ""


def test_what_a_notebook_defines_is_known_by_pickle_and_dataclasses(zygote):
    notebook = judged.rebuilt(LESSON)
    own = (
        "from __future__ import annotations\nimport dataclasses, pickle, typing\n\n@dataclasses.dataclass\n"
        "class Pair:\n    a: int\n    b: typing.ClassVar[int] = 2\n\n"
        "assert pickle.loads(pickle.dumps(Pair(1))) == Pair(1)"
    )
    judged.add(notebook, "kl_divergence", own)
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON)
    assert judged.output(notebook, f"own-{len(notebook.cells) - 1}") == ""


@pytest.mark.parametrize("habit", [indented, prompted, guarded, "x = !ls\n{}".format])
def test_what_such_a_cell_defines_is_seen(habit):
    cell = habit("import torch\n\ndef f(x):\n    return torch.exp(x) + helper(x)\n")
    assert defined(cell) >= {"f"} and not is_text("code", cell)
    bound, used = names(cell)
    assert "f" in bound and "helper" in used


@pytest.mark.parametrize("habit", [indented, prompted, guarded])
def test_an_answer_in_a_cell_of_ones_own_is_found(habit):
    notebook, blank = answered(LESSON, "en"), untouched(LESSON, "en")
    cell = notebook.cells[at(notebook, "kl_divergence")]
    written, cell.source = habit(cell.source), blank.cells[at(blank, "kl_divergence")].source
    notebook.cells.insert(at(notebook, "kl_divergence-check"), new_code_cell(written))
    rebuilt, _ = normalized(notebook, released(LESSON, "en"))
    assert rebuilt.cells[at(rebuilt, "kl_divergence")].source == written


def test_a_program_of_ones_own_answers_takes_such_cells():
    cells = [indented("HALF = 0.5"), "files = !ls\nimport math", prompted("def g(x):\n    return x * HALF\n")]
    assert along.python(cells[0]) == "HALF = 0.5"
    taken, lost = along.taken("y = g(math.pi)", along.statements(cells), frozenset())
    assert [one.text for one in taken] == ["HALF = 0.5", "import math", "def g(x):\n    return x * HALF"] and not lost
