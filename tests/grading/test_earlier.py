"""What an exercise is built on: the course's own earlier function may be imported, the one that is judged never."""

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
