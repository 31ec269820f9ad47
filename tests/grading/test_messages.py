"""What a report says: who is guilty, at which line, what came back, what was meant, what could not be judged."""

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.faults import close_name
from vae_course.grading.results import Result, settled
from vae_course.grading.score import report, score_here
from vae_course.kinds import described
from vae_course.notebook import reader
from vae_course.text import Both

pytestmark = pytest.mark.slow

KL = "def kl_divergence(mu, logvar):\n    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)\n"
PARTS = """\
def kl_divergence(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)

def reconstruction_loss(x, x_hat, kind="bce"):
    raise NotImplementedError

def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = kl_divergence(mu, logvar).mean()
    return reconstruction + beta * kl, reconstruction, kl
"""


@pytest.fixture
def graded(tmp_path):
    """graded(exercise, source) -> its Score, graded in this process."""

    def grade(exercise, source):
        file = tmp_path / "answer.py"
        file.write_text(source)
        (score,) = score_here([(exercise, file)], CHECKS)
        return score

    return grade


@pytest.fixture
def all_graded(tmp_path):
    """all_graded(source of a function by its name) -> Scores of all exercises, answered so, in one session."""

    def grade(source):
        files = {name: tmp_path / f"{name}.py" for name in EXERCISES}
        for name, file in files.items():
            file.write_text("\n".join(source(function) for function in EXERCISES[name].functions))
        return score_here(list(files.items()), CHECKS)

    return grade


def failing(score):
    """Sentences of the properties that count and do not hold, in both languages."""
    return [one.message for one in score.results if not one.passed and one.judged]


def visible(exercise, source):
    namespace = {"torch": torch}
    exec(compile(source, "<cell>", "exec"), namespace)
    return reader.complaint(exercise, namespace)


# the guilty one


def test_a_flipped_sign_accuses_nothing_else(graded):
    score = graded("kl_divergence", KL.replace("0.5 *", "-0.5 *"))
    (told,) = failing(score)
    assert told.en.startswith("It is the KL") and told.en.endswith("This does not hold. The KL has its sign flipped.")
    text = report(score, "es")
    assert "✓ mu y logvar quedan como estaban." in text and "✓ El gradiente llega a mu y a logvar." in text
    assert "No se pudo juzgar: depende de «Es la KL de dos gaussianas" in text


def test_another_deviation_says_nothing_of_the_noise(graded):
    source = "import torch\ndef reparameterize(mu, logvar, generator=None):\n    eps = torch.randn(mu.shape, {})\n"
    source = source.format("generator=generator, dtype=mu.dtype") + "    return mu + logvar.exp() * eps\n"
    score = graded("reparameterize", source)
    assert len(failing(score)) == 1 and "its root is missing" in failing(score)[0].en
    assert "✓ The noise is normal." in report(score, "en")


def test_one_exception_is_told_once_with_its_line(graded):
    score = graded("kl_divergence", KL.replace("logvar.exp", "logvr.exp"))
    (told,) = failing(score)
    line = "(line 2: `return 0.5 * (mu**2 + logvr.exp() - 1 - logvar).sum(dim=1)`)"
    assert told.en.endswith(f"stopped with NameError: name 'logvr' is not defined. Is it `logvar`? {line}")
    assert told.es.endswith(f"name 'logvr' is not defined. ¿Será `logvar`? {line.replace('line', 'línea')}")
    assert report(score, "en").count("with the same error") == len(score.results) - 1 and score.points == 0


def test_a_part_without_code_is_named(graded):
    score = graded("vae_loss", PARTS)
    assert failing(score)[0].en.endswith("vae_loss calls reconstruction_loss, which has no code yet.")
    assert failing(score)[0].es.endswith("vae_loss llama a reconstruction_loss, que todavía no tiene código.")
    assert "vae_loss calls reconstruction_loss" in visible("vae_loss", PARTS).en


def test_no_code_at_all_is_one_sentence(all_graded):
    class_stub = "class {name}:\n    def __init__(self, *a, **k):\n        raise NotImplementedError\n"
    stub = "def {name}(*a, **k):\n    raise NotImplementedError\n"
    for score in all_graded(lambda name: (class_stub if name[0].isupper() else stub).format(name=name)):
        lines = report(score, "en").splitlines()[1:]
        assert lines == ["  ✗ Not answered yet (NotImplementedError)."] and score.points == 0


# names


@pytest.mark.parametrize(
    ("source", "near"),
    [
        (KL.replace("kl_divergence", "kl_divergance"), "kl_divergance"),
        (KL.replace("logvar.exp()", "logvr.exp()"), "logvar"),
        (KL.replace("logvar.exp()", "logvar.epx()"), "exp"),
        (KL.replace("dim=1", "dims=1"), "dim"),
        (
            "def half(value, factor):\n    return value * factor\n" + KL.replace("0.5 *", "half(1.0, fctor=0.5) *"),
            "factor",
        ),
    ],
)
def test_a_misspelt_name_hears_the_near_one(graded, source, near):
    score = graded("kl_divergence", source)
    assert failing(score)[0].en.count(f"Is it `{near}`?") == 1
    told = visible("kl_divergence", source)
    assert f"¿Será `{near}`?" in told.es and "run the cell above" not in told.en


def test_a_name_that_is_near_nothing_hears_of_the_cell():
    assert visible("kl_divergence", "x = 1") == reader.UNDEFINED.format(name="kl_divergence")
    assert close_name("wholly_else", ["kl_divergence", "slerp"]) == ""


BORROWED = """\
import torch

def draw(mu):
    return mu

class VAE(torch.nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder

    def encode(self, x):
        return {body}
"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("self.draw(x)", "`draw` is a function of its own: it goes without `self.`"),
        ("encoder(x)", "Is it `self.encoder`?"),
        ("torch.exp(1.0)", "for a number there are math's."),
        ("-torch.ones(2, dtype=torch.bool)", "The opposite of a mask is ~mask."),
    ],
)
def test_an_error_says_what_was_perhaps_meant(body, words):
    told = visible("VAE", BORROWED.format(body=body))
    assert words in told.en and told.en.count(words) == 1 and "waiting for an answer" not in told.en


def test_only_an_own_placeholder_is_no_code(graded):
    """torch raises NotImplementedError, too."""
    score = graded("VAE", BORROWED.format(body="x").replace("def encode", "def foward"))
    assert "Is it `foward`?" in failing(score)[0].en and score.points == 0
    source = "def {}(z, labels):\n    return z[labels] - z[-labels]\n".format("attribute_direction")
    assert "The opposite of a mask is ~mask." in failing(graded("attribute_direction", source))[0].en


def test_a_near_name_is_sought_first_among_the_functions_own(graded):
    source = "def kl_divergence(mu, logvar):\n    std = logvar.exp()\n    return mu + sdt\n"  # `str` is as near
    assert "Is it `std`?" in failing(graded("kl_divergence", source))[0].en


def test_what_the_checks_have_made_is_nothing_that_the_answer_returned(graded):
    """A VAE's parts are the checks'; what they give is never told of the answer."""
    source = (
        BORROWED.format(body="self.encoder(x)")
        + "\n    def forward(self, x, generator=None):\n        self.encode(x)\n"
    )
    told = "\n".join(
        text
        for both in failing(
            graded("VAE", source.replace("encoder = encoder", "encoder = encoder; self.decoder = decoder"))
        )
        for text in both
    )
    assert "ToyEncoder" not in told and "ToyDecoder" not in told


# what came back


class Vague:
    pass


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None (is `return` missing?)"),
        (torch.zeros(2, 3), "a tensor of shape (2, 3), float32"),
        (np.zeros((3,)), "a NumPy array of shape (3,) where a torch tensor is asked for"),
        (np.float32(2), "the number"),
        (torch.zeros(2, 3).min(1), "what .min(dim) returns: two tensors, .values and .indices"),
        (3, "the number 3"),
        ("no", "the text 'no'"),
        ([1, 2], "a list of 2"),
        ({"a": 1}, "a dict with a"),
        (Vague, "the class Vague and not an object of it"),
        (Vague(), "an object Vague"),
        (torch.nn.ReLU(), "a module ReLU"),
        (iter([1]), "an iterator (list_iterator)"),
        (visible, "the function visible, which was not called"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_in_words(value, words):
    assert described(value).en.startswith(words) and described(value).es != described(value).en


RETURNS = {
    "numpy": "import numpy\nV = numpy.zeros(3)",
    "list": "V = [[1], 'a']",
    "none": "V = None",
    "text": "V = 'no'",
    "dict": "V = {{'a': 1}}",
    "pair": "import torch\nV = torch.zeros(2, 3).min(1)",
    "object": "class V: pass",
    "function": "V = len",
}


@pytest.mark.parametrize("kind", RETURNS)
def test_no_report_shows_an_error_of_the_checks(all_graded, kind):
    """Whatever an exercise's function returns, the words are about that and never about how the checks work."""
    source = RETURNS[kind] + "\ndef {name}(*a, **k):\n    return V\n"
    said = []
    for score in all_graded(lambda name: source.format(name=name)):
        told = visible(score.exercise, Path(score.file).read_text())
        said += [one.message.en for one in score.results if not one.passed] + [told.en if told else ""]
        assert score.points < score.most, score.exercise
    assert [text for text in said if "Error" in text.replace("ValueError", "") or "Handle" in text] == []


@pytest.mark.parametrize("kind", ["numpy", "pair"])
def test_what_came_back_is_named(graded, kind):
    score = graded("kl_divergence", RETURNS[kind] + "\ndef kl_divergence(mu, logvar):\n    return V\n")
    told = "\n".join(one.en for one in failing(score))
    assert described(torch.zeros(2, 3).min(1) if kind == "pair" else np.zeros(3)).en in told


# each mistake once


def one(name, *, passed=False, weight=1, **more):
    statement = Both(es=f"{name}.", en=f"{name}.")
    return Result(name, statement, None if passed else statement, weight, **more)


def test_an_earlier_function_that_nobody_defined_is_not_the_culprit(graded):
    """Checks ask for one's own kl_divergence, to charge its mistakes once; an answer need not have any."""
    score = graded(
        "vae_loss",
        PARTS.partition("def vae_loss")[0].replace("kl_divergence", "price").replace("raise", "pass  # ")
        + "def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind='bce'):\n"
        "    bits = -(x * x_hat.log() + (1 - x) * (1 - x_hat).log())\n"
        "    reconstruction, kl = bits.flatten(1).sum(dim=1).mean(), 2 * price(mu, logvar).mean()\n"
        "    return reconstruction + beta * kl, reconstruction, kl\n",
    )
    said = [result.message.en for result in score.results if not result.passed]
    assert said and not any("not defined" in text for text in said)


def judged(*results):
    return {result.name: result.judged for result in settled({result.name: result for result in results})}


def test_what_depends_on_something_that_failed_does_not_count():
    assert judged(one("a"), one("b", needs=("a",)), one("c")) == {"a": True, "b": False, "c": True}
    assert judged(one("a", passed=True), one("b", needs=("a",))) == {"a": True, "b": True}
    chain = settled({r.name: r for r in (one("a"), one("b", needs=("a",)), one("c", needs=("b",)))})
    assert 'depends on "a."' in chain[2].message.en


def test_an_exception_counts_at_the_heaviest_check():
    found = judged(one("a", cause=("E", 3)), one("b", cause=("E", 3), weight=5), one("c", cause=("E", 9)))
    assert found == {"a": False, "b": True, "c": True}


def test_one_reason_counts_at_the_heaviest_check():
    checks = one("a", reason="shape"), one("b", reason="shape", weight=5, leaves=2 / 3), one("c", reason="other")
    found = settled({result.name: result for result in checks})
    assert [result.judged for result in found] == [False, True, True]
    assert found[0].message.en == 'a. This does not hold either, for the same reason as "b."'
    assert judged(one("a", reason=""), one("b", reason="")) == {"a": True, "b": True}
    assert judged(one("a", needs=("b",), reason="x", weight=5), one("b", reason="x")) == {"a": False, "b": True}


def test_something_that_failed_always_counts():
    assert judged(one("a", needs=("b",)), one("b", needs=("a",), cause=("E", 1))) == {"a": False, "b": True}
    assert judged(one("a", passed=True), one("b", needs=("missing",))) == {"a": True, "b": True}


def test_a_check_that_was_not_judged_limits_nothing():
    found = settled({r.name: r for r in (one("a", leaves=2 / 3), one("b", needs=("a",), leaves=1 / 3))})
    assert [result.leaves for result in found] == [2 / 3, 1.0]
    raised = settled({r.name: r for r in (one("a", weight=2, cause=("E",)), one("b", cause=("E",), leaves=1 / 3))})
    assert [result.leaves for result in raised] == [1.0, 1.0]
    alike = settled({r.name: r for r in (one("a", weight=2, reason="x"), one("b", reason="x", leaves=1 / 3))})
    assert [result.leaves for result in alike] == [1.0, 1 / 3]  # which does not hold either


def test_a_crash_on_some_inputs_is_charged_once(graded):
    """Grey pictures have no channels to move: whether they would be float32 nobody knows, and colour pictures are."""
    score = graded("to_unit_range", "def to_unit_range(images):\n    return images.permute(0, 3, 1, 2).float() / 255\n")
    (told,) = failing(score)
    assert "A grey picture" in told.en and score.points == pytest.approx(score.most * 7 / 9, abs=1e-3)
    assert "float32 tensor. This could not be judged" in report(score, "en") and "At most" not in report(score, "en")
