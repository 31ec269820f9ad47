"""A cell of which a statement fails or does not end: what stands below it counts all the same."""

import sys
from pathlib import Path

import pytest
import torch
from helpers import judged

from vae_course.confined.process import Zygote
from vae_course.confined.worker import Session, notebook

LESSON = "04-loss"
HALVED = "def kl_divergence(mu, logvar):\n    return HALF * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)\n"


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as process:
        yield process


@pytest.fixture
def session():
    yield Session(notebook("a_notebook"), Path("."))
    del sys.modules["a_notebook"]


@pytest.mark.parametrize(
    ("stops", "said"),
    [
        ('from google.colab import drive\ndrive.mount("/content/drive")', "No module named 'google"),
        ("import no_such_plots as sns", "No module named 'no_such_plots'"),
        ("assert False, 'not yet'", "not yet"),
        ("import torch\nwhile True:\n    torch.zeros(1)", "loop that never ends"),
    ],
)
def test_what_stands_below_a_statement_that_stops_a_cell_of_ones_own_counts(zygote, stops, said):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", HALVED)
    judged.add(notebook, "kl_divergence", f"{stops}\n\nHALF = 0.5")
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON)
    assert said in judged.output(notebook, f"own-{len(notebook.cells) - 1}")


def test_an_import_that_fails_in_the_answer_costs_nothing_that_works_without_it(zygote):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", "import math as m, no_such_plots as sns\n\n{}")
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON)
    assert "No module named 'no_such_plots'" in judged.output(notebook, "kl_divergence")


def test_what_is_missing_in_the_end_is_told_with_the_first_error(session):
    found = session.run("cell:a", "import no_such_plots\n\n@no_such_plots.fast\ndef lerp(z0, z1, t):\n    return z0\n")
    assert (found["fault"]["message"], found["fault"]["line"]) == ("No module named 'no_such_plots'", 1)
    asked = {"target": "lerp", "method": "__call__", "args": [], "kwargs": {}}
    assert session.answer(asked)["fault"]["message"] == "No module named 'no_such_plots'"


@pytest.mark.parametrize("ends", ["raise SystemExit", "raise RuntimeError('not yet')", "import sys\nsys.exit()"])
def test_a_cell_that_ends_itself_ends_there(session, ends):
    session.run("cell:a", f"a = 1\n{ends}\na = 2")
    assert session.namespace["a"] == 1


def test_a_cell_that_is_no_python_does_nothing(session):
    assert session.run("cell:a", "a = 1\nbreak")["fault"]["line"] == 2
    assert session.run("cell:b", "a = 1\nb = (")["fault"]["kind"] == "SyntaxError"
    assert "a" not in session.namespace


def test_lines_and_features_of_a_cell_are_those_of_the_whole(session):
    text = "from __future__ import annotations\nimport torch\n\ndef f(x: NoSuchName):\n    return torch.ones(1) + y\n"
    assert session.run("cell:a", text) == {"fault": None}
    found = session.answer({"target": "f", "method": "__call__", "args": [torch.ones(1)], "kwargs": {}})["fault"]
    assert (found["line"], found["code"]) == (5, "return torch.ones(1) + y")
