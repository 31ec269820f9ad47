"""What an exercise is built on: the course's own earlier function stands in for one of the student's that is of no use.

It may be imported, too; the one that is judged never.
"""

import pytest
from helpers import judged
from helpers.submissions import at

from vae_course.confined.process import Zygote

LESSON = "04-loss"
AS_KL = "from vae_course.loss import kl_divergence as kl_of\n\n"
STUB = "def kl_divergence(mu, logvar):\n    raise NotImplementedError\n"


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as process:
        yield process


def with_kl_of_the_course(notebook):
    cell = notebook.cells[at(notebook, "vae_loss")]
    cell.source = AS_KL + cell.source.replace("kl_divergence(mu", "kl_of(mu")


def test_the_courses_earlier_function_may_be_imported_for_a_later_exercise(zygote):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", STUB)
    with_kl_of_the_course(notebook)
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON) | {"kl_divergence": 0.0}
    assert judged.output(notebook, "vae_loss") == ""


@pytest.mark.parametrize(
    "source",
    [
        "from vae_course.loss import kl_divergence",
        "from vae_course import loss\nkl_divergence = loss.kl_divergence",
        "import importlib\nkl_divergence = getattr(importlib.import_module('vae_course.loss'), 'kl_divergence')",
        "from vae_course.loss import vae_loss as all_\nkl_divergence = lambda mu, logvar: all_(mu, mu, mu, logvar)[2]",
        "from vae_course.loss import vae_loss as whole\nkl_divergence = whole.__globals__['kl_divergence']",
        "from vae_course.training import train_step\nkl_divergence = train_step.__globals__['kl_divergence']",
        "def kl_divergence(mu, logvar):\n    from vae_course import loss\n    return loss.kl_divergence(mu, logvar)",
    ],
)
def test_the_function_that_is_judged_cannot_be_had(zygote, source):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", source)
    assert judged.points(notebook, LESSON, zygote)["kl_divergence"] == 0.0


@pytest.mark.parametrize("where", ["kl_divergence-check", "vae_loss-check", "log_normal-check"])
def test_a_later_cell_gives_an_earlier_exercise_nothing(zygote, where):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", STUB)
    judged.add(
        notebook, where, "from vae_course.loss import kl_divergence\nimport builtins\nbuiltins.kl = kl_divergence"
    )
    with_kl_of_the_course(notebook)
    judged.write(notebook, "vae_loss", "from vae_course.loss import kl_divergence\n\n{}")
    assert judged.points(notebook, LESSON, zygote)["kl_divergence"] == 0.0


HEAD = "def kl_divergence(mu, logvar):\n"
MISTAKES = {  # in the answer to kl_divergence; right answers below it are built on it
    "unanswered": STUB,
    "deleted": "",
    "syntax": f"{HEAD}    return (mu\n",
    "misspelt": "def kl_divergencia(mu, logvar):\n    return (mu**2).sum(1)\n",
    "crashes": f"{HEAD}    return mu.no_such_method()\n",
    "input": f"{HEAD}    input('mu?')\n    return (mu**2).sum(1)\n",
    "loop": f"{HEAD}    while True:\n        mu = mu + 1\n",
    "loop-at-the-top": "{}\nwhile True:\n    pass\n",
    "exit": f"import os\n{HEAD}    os._exit(1)\n",
    "no-gradient": "@torch.no_grad()\n{}",
    "numpy": f"{HEAD}    return (mu**2 + logvar.exp() - 1 - logvar).sum(1).detach().numpy() / 2\n",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_paid_for_once(zygote, mistake):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", MISTAKES[mistake])
    found = judged.points(notebook, LESSON, zygote, seconds=1)
    assert found.pop("kl_divergence") < 7
    assert found == judged.full(LESSON, "kl_divergence")
    assert "Judged with the course's kl_divergence in place of your own" in judged.output(notebook, "vae_loss-check")


@pytest.mark.parametrize(
    ("lesson", "cell", "earlier"),
    [
        ("03-sampling", "reparameterize", "reparameterize"), ("04-loss", "reconstruction_loss", "reconstruction_loss"),
        ("05-training", "train_step", "train_step"), ("06-latent-space", "lerp-slerp", "lerp"),
        ("10-flow", "path", "path"),
    ],
)  # fmt: skip
def test_what_is_built_on_an_unanswered_function_keeps_its_points(zygote, lesson, cell, earlier):
    notebook = judged.rebuilt(lesson, "es")
    judged.write(notebook, cell, f"{{}}\n\ndef {earlier}(*args, **kwargs):\n    raise NotImplementedError\n")
    assert judged.points(notebook, lesson, zygote) == judged.full(lesson) | {earlier: 0.0}


def test_a_name_given_to_the_earlier_function_is_the_courses_too(zygote):
    notebook = judged.rebuilt(LESSON, "es")
    judged.write(notebook, "kl_divergence", "def kl_divergence(mu, logvar)\n    return mu\n")
    cell = notebook.cells[at(notebook, "vae_loss")]
    cell.source = "of_kl = mine('kl_divergence')\n\n" + cell.source.replace("kl_divergence(mu", "of_kl(mu")
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON) | {"kl_divergence": 0.0}
    assert "Se juzgó con kl_divergence del curso y no con lo propio" in judged.output(notebook, "vae_loss-check")


def test_two_at_once(zygote):
    notebook = judged.rebuilt(LESSON)
    judged.write(notebook, "kl_divergence", STUB)
    judged.write(notebook, "reconstruction_loss", "")
    lost = {"kl_divergence": 0.0, "reconstruction_loss": 0.0}
    assert judged.points(notebook, LESSON, zygote) == judged.full(LESSON) | lost
    assert "the course's reconstruction_loss, kl_divergence in" in judged.output(notebook, "vae_loss-check")


def test_a_later_function_that_is_wrong_itself_stays_wrong(zygote):
    notebook = judged.rebuilt(LESSON)
    cell = notebook.cells[at(notebook, "vae_loss")]
    cell.source = cell.source.replace("beta * kl", "beta + kl")
    alone = judged.points(notebook, LESSON, zygote)["vae_loss"]
    judged.write(notebook, "kl_divergence", STUB)
    assert 0 < judged.points(notebook, LESSON, zygote)["vae_loss"] == alone < 5


def test_right_answers_are_judged_once_and_with_nothing_of_the_course(zygote, monkeypatch):
    asked = []
    run = judged.referee.run
    monkeypatch.setattr(judged.referee, "run", lambda jobs, *more: asked.append(len(jobs)) or run(jobs, *more))
    notebook = judged.rebuilt(LESSON)
    judged.points(notebook, LESSON, zygote)
    judged.write(notebook, "log_normal", "")
    judged.points(notebook, LESSON, zygote)
    assert asked == [4, 4] and "the course's" not in judged.output(notebook, "vae_loss-check")
