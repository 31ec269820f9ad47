"""Grading: the protocol, the student's side, and what becomes of files that misbehave."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.grading import CHECKS, ROOT

from vae_course.confined import protocol
from vae_course.confined.process import Zygote
from vae_course.confined.protocol import Kept, ProtocolError, Recipe, dumps, loads
from vae_course.confined.student import InProcess, Student, StudentError
from vae_course.confined.watch import Limits
from vae_course.grading import __main__ as grading
from vae_course.grading.score import score_here, score_many

RIGHT = "def kl_divergence(mu, logvar):\n    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)\n"
QUICK = Limits(call=1)  # for loops that never end

NOTEBOOK = str(ROOT / "lessons" / "es" / "06-latent-space" / "06-latent-space.ipynb")


@pytest.fixture
def student():
    """student(source) -> what a check gets of that code, in this process."""
    with contextlib.ExitStack() as stack:

        def of(source: str) -> Student:
            namespace = {"torch": torch}
            exec(source, namespace)
            return Student(stack.enter_context(contextlib.closing(InProcess(namespace))))

        yield of


# the protocol


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -3, 1.5, "añb", [1, [2.0, "x"]], (1, (2,)), {"a": 1, 2: [3]}, float("inf"), Kept(4, "Linear"),
        Recipe("generator", {"seed": 3}),
    ],
    ids=str,
)  # fmt: skip
def test_plain_values_come_through(value):
    found = loads(dumps(value))
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize("dtype", protocol.DTYPES.values(), ids=str)
@pytest.mark.parametrize("size", [(), (0, 3), (2, 3), (1, 1)])
def test_tensors_come_through(dtype, size):
    tensor = torch.ones(size).to(dtype)
    found = loads(dumps([tensor, tensor.clone()]))
    assert all(torch.equal(part, tensor) and part.dtype == dtype for part in found)


def test_tensors_of_any_layout_and_arrays_come_through():
    base = torch.arange(24.0).reshape(4, 6)
    for tensor in (base.T, base[::2, 1:4], base[:1, ::6], base.requires_grad_()):
        assert torch.equal(loads(dumps(tensor)), tensor)
    assert torch.equal(loads(dumps(np.arange(3))), torch.arange(3))
    assert np.isnan(loads(dumps(float("nan"))))


@pytest.mark.parametrize("message", [b"", b"x" * 7, b"\0" * 8, b"\xff" * 64, dumps(3)[:-1], dumps([1])[:9]])
def test_garbage_is_refused(message):
    with pytest.raises(ProtocolError):
        loads(message)


def test_what_cannot_be_sent_is_refused(monkeypatch):
    with pytest.raises(ProtocolError, match="a object can't be sent"):
        dumps(object())
    monkeypatch.setattr(protocol, "LARGEST", 1000)
    with pytest.raises(ProtocolError, match="too much"):
        dumps(torch.zeros(1000))


# the student's side


def test_an_outcome_tells_everything(student):
    one = student("def f(a, b):\n    b += 1\n    return a * 2 + torch.randn(3) * 0")
    leaf = Recipe("leaf", {"value": torch.ones(3), "name": "a"})
    outcome = one.ask("f", leaf, torch.zeros(2))
    assert outcome.fault is None and outcome.random_moved and outcome.requires_grad is True
    assert torch.equal(outcome.value, torch.full((3,), 2.0)) and torch.equal(outcome.gradients["a"], outcome.value)
    assert torch.equal(outcome.inputs[1], torch.ones(2))
    weighed = one.ask("f", leaf, torch.zeros(2), cotangent=torch.tensor([1.0, 0.0, 3.0]))
    assert weighed.gradients["a"].tolist() == [2, 0, 6]


def test_seeds_and_generators(student):
    one = student("def f(generator=None):\n    return torch.rand(2, generator=generator)")
    assert torch.equal(one.ask("f", seed=3).value, one.ask("f", seed=3).value)
    first = one.ask("f", Recipe("generator", {"seed": 1}))
    assert not first.random_moved and torch.equal(first.value, one.f(Recipe("generator", {"seed": 1})))


def test_errors_are_told_and_not_raised_by_ask(student):
    one = student("class Own(ValueError):\n    pass\ndef f():\n    raise Own('no')\ndef g():\n    raise SystemExit(3)")
    outcome = one.ask("f")
    assert outcome.fault.error == "Own: no" and {"Own", "ValueError", "Exception"} <= set(outcome.error_type)
    with pytest.raises(StudentError, match="f stopped with Own: no"):
        one.f()
    with pytest.raises(StudentError, match="SystemExit"):
        one.g()
    with pytest.raises(StudentError, match="h is not defined"):
        one.h()


def test_generators_become_lists_and_never_end(student):
    one = student(
        "import itertools\ndef f():\n    yield from (torch.ones(1), torch.zeros(1))\ndef g():\n    return itertools.count()"
    )
    assert [part.item() for part in one.f()] == [1, 0]
    assert len(one.g()) == 10_000


def test_objects_stay_on_their_side(student):
    one = student(
        "class Box:\n    def __init__(self):\n        self.n = 0\n    def add(self, k):\n        self.n += k\n        return self.n"
    )
    box = one.Box()
    assert (box.call("add", 2), box.call("add", 3), box.get("n"), box.type) == (2, 5, 5, "Box")


def test_a_toy_vae_and_its_optimizer(student):
    one = student(
        "def step(model, optimizer, x):\n    x_hat, mu, logvar = model(x)\n    x_hat.sum().backward()\n    optimizer.step()"
    )
    recipe = Recipe("toy_vae", {"weights": None, "seed": 1, "extras": True, "noiseless": False})
    model = one.make(recipe)
    modes = model.modes()
    assert modes[""] and modes["decoder"] and not modes["frozen"]
    before = model.parameters()
    one.step(model, one.make(Recipe("sgd", {"model": model, "lr": 0.1})), torch.rand(5, 1, 4, 4))
    after, gradients = model.parameters(), model.parameter_gradients()
    for name in before:
        expected = before[name] if gradients[name] is None else before[name] - 0.1 * gradients[name]
        assert torch.allclose(after[name], expected)
    assert not torch.equal(before["decoder.0.weight"], after["decoder.0.weight"])


def test_global_state_is_put_back(student, capfd):
    one = student(
        "def f():\n    print('loud')\n    torch.set_grad_enabled(False)\n    torch.set_default_dtype(torch.float64)"
    )
    one.f()
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32
    assert capfd.readouterr() == ("", "")


# files


BAD = {
    "loop": ("def kl_divergence(mu, logvar):\n    while True: pass", "never ends"),
    "loop_at_import": ("while True: pass", "never ends"),
    "abort": ("import os\ndef kl_divergence(mu, logvar): os.abort()", "abruptly"),
    "segfault": ("import ctypes\ndef kl_divergence(mu, logvar): ctypes.string_at(0)", "abruptly"),
    "exit": ("import os\ndef kl_divergence(mu, logvar): os._exit(0)", "abruptly"),
    "exit_at_import": ("raise SystemExit(0)", "could not be loaded"),
    "syntax": ("def kl_divergence(mu, logvar: return", "SyntaxError"),
    "import": ("import nothing_of_that_name", "ModuleNotFoundError"),
    "empty": ("", "kl_divergence is not defined"),
}


@pytest.fixture(scope="module")
def zygote():
    """One process for this module, whose children the files are; closed, it is no more."""
    with Zygote() as process:
        yield process
    assert process.process.poll() is not None


def children(process):
    """The ids of a process's children, from /proc."""
    stats = (path.read_text() for path in Path("/proc").glob("[0-9]*/stat") if path.exists())
    fields = [(text.split()[0], text.rpartition(")")[2].split()[1]) for text in stats]  # (id, parent's id)
    return [int(child) for child, parent in fields if int(parent) == process.pid]


@pytest.fixture(scope="module")
def misbehaved(tmp_path_factory, zygote):
    """Scores of bad files with a good one in front and behind."""
    folder = tmp_path_factory.mktemp("files")
    sources = {"first": (RIGHT, ""), **BAD, "last": (RIGHT, "")}
    for name, (source, _) in sources.items():
        (folder / f"{name}.py").write_text(source)
    endless = [name for name in sources if name.startswith("loop")]
    scores = {}
    for names, limits in ((endless, QUICK), ([name for name in sources if name not in endless], Limits())):
        answers = [("kl_divergence", folder / f"{name}.py") for name in names]
        scores |= dict(zip(names, score_many(answers, CHECKS, limits, zygote=zygote), strict=True))
    return scores


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_scores_0_with_the_reason(misbehaved, name):
    score = misbehaved[name]
    assert score.points == 0
    assert any(BAD[name][1] in one.message.en for one in score.results if not one.passed)


def test_the_rest_goes_on(misbehaved):
    assert misbehaved["first"].points == misbehaved["last"].points == 7


def test_no_process_is_left(misbehaved, zygote):
    deadline = time.monotonic() + 60
    while children(zygote.process) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert zygote.process.poll() is None and children(zygote.process) == []


def test_what_right_files_may_do(tmp_path, zygote):
    sources = {
        "dataclass": "from dataclasses import dataclass\n@dataclass\nclass Box:\n    half: float = 0.5\n"
        + RIGHT.replace("0.5 *", "Box().half *"),
        "loud": "import warnings, torch\n"
        + RIGHT.replace(
            "    return", "    print('x' * 10**6); warnings.warn('w'); torch.set_grad_enabled(True)\n    return"
        ),
        "state": "import torch\ntorch.set_default_dtype(torch.float64)\n" + RIGHT,
        "main": RIGHT + "\nif __name__ == '__main__':\n    raise SystemExit(1)\n",
        "files": RIGHT + "\nopen('note.txt', 'w').write('x')\n",
    }
    files = []
    for name, source in sources.items():
        files.append(tmp_path / f"{name}.py")
        files[-1].write_text(source)
    scores = score_many([("kl_divergence", file) for file in files], CHECKS, zygote=zygote)
    assert [score.points for score in scores] == [7] * len(files)
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_both_backends_agree(tmp_path, zygote):
    file = tmp_path / "half.py"
    file.write_text(RIGHT.replace("0.5 * ", ""))
    (child,) = score_many([("kl_divergence", file)], CHECKS, zygote=zygote)
    (here,) = score_here([("kl_divergence", file)], CHECKS)
    assert child.as_dict("es") == here.as_dict("es")
    assert 0 < child.points < 7
    assert any("Falta el factor 1/2 en la KL." in one["message"] for one in child.as_dict("es")["tests"])


def command(*words, cwd=ROOT):
    line = [sys.executable, "-m", "vae_course.grading", "score", *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_the_command_prints_one_json_line_a_file(tmp_path):
    files = [tmp_path / "right.py", tmp_path / "wrong.py"]
    files[0].write_text(RIGHT)
    files[1].write_text(RIGHT.replace("0.5 *", "-0.5 *"))
    run = command("--exercise", "kl_divergence", "--file", *files, "--json", "--lang", "en")
    assert (run.returncode, run.stderr) == (0, "")
    right, wrong = map(json.loads, run.stdout.splitlines())
    assert list(right) == ["file", "exercise", "score", "max_score", "tests"]
    about = (right["file"], right["exercise"], right["score"], right["max_score"])
    assert about == (str(files[0]), "kl_divergence", 7, 7)
    assert all(list(test) == ["name", "points", "score", "message"] for test in right["tests"])
    assert sum(test["points"] for test in right["tests"]) == pytest.approx(7, abs=0.01)
    assert wrong["score"] < 3 and any("sign flipped" in test["message"] for test in wrong["tests"])


@pytest.mark.parametrize(("name", "value"), [("PYTEST_ADDOPTS", "-k nothing -x"), ("PYTEST_PLUGINS", "no_such_plugin")])
def test_settings_for_the_graders_own_tests_change_no_mark(name, value, tmp_path, monkeypatch):
    (tmp_path / "wrong.py").write_text(RIGHT.replace("0.5 *", "-0.5 *"))
    before = score_here([("kl_divergence", tmp_path / "wrong.py")], CHECKS)
    monkeypatch.setenv(name, value)
    assert score_here([("kl_divergence", tmp_path / "wrong.py")], CHECKS) == before


def test_the_report_is_readable_from_another_folder_too(tmp_path):
    (tmp_path / "half.py").write_text(RIGHT.replace("0.5 * ", ""))
    run = command("--exercise", "kl_divergence", "--file", "half.py", "--lang", "es", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "✓ La KL de N(0, I) consigo misma es 0." in run.stdout and "✗" in run.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--exercise", "nonsense", "--file", "a.py"], "no exercise is called nonsense"),
        (["--exercise", "slerp", "--file", "nowhere.py"], "no such file: nowhere.py"),
        (["--exercise", "slerp", "--file", NOTEBOOK], "which `python -m vae_course grade` takes"),
        (["--exercise", "slerp", "--file", __file__, "--checks", "nowhere"], "no hidden checks at nowhere/test_06"),
    ],
)
def test_bad_requests_get_a_sentence(capsys, words, sentence):
    assert grading.main(["score", *words]) == 2
    assert sentence in capsys.readouterr().err
