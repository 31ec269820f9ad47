"""The program made of a reader's own answers."""

import csv
import importlib.util
import json
import os
import re
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

from vae_course import loss as course_loss
from vae_course.assemble import assemble
from vae_course.exercises import EXERCISES, names
from vae_course.notebook.along import TAKEN

ROOT = Path(__file__).parents[2]
ANSWERS = tuple(name for lesson in TAKEN for name in names(lesson))
RIGHT = {name: sorted((ROOT / "tests" / "answers" / name).glob("right_*.py"))[0].read_text() for name in ANSWERS}
STEP = """\
model.train()
x_hat, mu, logvar = model(x)
loss, rec, kl = vae_loss(x, x_hat, mu, logvar, beta)
optimizer.zero_grad()
loss.backward()
optimizer.step()
return {"loss": loss.item(), "reconstruction": rec.item(), "kl": kl.item()}
"""
APPLY = "def apply_attribute(z, direction, strength):\n    return z + strength * direction\n"


def answer(name, source):
    return {
        "cell_type": "code",
        "source": source.splitlines(keepends=True),
        "metadata": {"tags": ["answer"], "nbgrader": {"grade_id": name, "solution": True, "grade": False}},
    }


def code(source, tag="experiment"):
    return {"cell_type": "code", "source": source, "metadata": {"tags": [tag]}}


def write(folder, lesson, *cells):
    place = folder / lesson / f"{lesson}.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"cells": list(cells)}), encoding="utf-8")


def faces(folder, *cells):
    """The program of one notebook of lesson 09: (what assemble says, the file's text)."""
    write(folder, "09-faces", *cells)
    assembled = assemble(folder / "runs" / "my_vae.py", folder)
    return assembled, assembled.path.read_text(encoding="utf-8")


def run(path, *arguments, cwd=ROOT):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(path), "--data", "drawn", "--count", "60", "--batch-size", "16", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


def loaded(path, monkeypatch):
    """The file's modules, lesson_01 to lesson_09, after it was imported."""
    for number in range(1, 10):
        monkeypatch.setitem(sys.modules, f"lesson_{number:02}", None)  # put back as it was
    runpy.run_path(str(path))
    return {name: module for name, module in sys.modules.items() if name.startswith("lesson_")}


@pytest.mark.slow
def test_every_right_answer_is_taken_and_trains(tmp_path):
    for lesson in TAKEN:
        cells = [answer(n, source) for n, source in RIGHT.items() if EXERCISES[n].lesson == lesson]
        write(tmp_path, lesson, *cells)
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    assert assembled.borrowed == {}
    assert assembled.own == ANSWERS
    out = tmp_path / "out"
    first = run(assembled.path, "--epochs", "1", "--out", str(out))
    assert first.returncode == 0, first.stderr
    again = run(assembled.path, "--epochs", "2", "--out", str(out), "--resume")
    assert again.returncode == 0, again.stderr
    with open(out / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["epoch"]) for row in rows] == [1, 2]
    assert float(rows[1]["train_loss"]) < float(rows[0]["train_loss"]) < 12288
    files = {"history.csv", "checkpoint.pt", "loss.png", "fitted.png", "options.json"}
    assert left_in(out) == files | {"samples/epoch-0001.png", "samples/epoch-0002.png"}
    other = run(assembled.path, "--epochs", "3", "--out", str(out), "--resume", "--beta", "4")
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)
    assert f"{out}" in other.stderr and "beta = 1.0" in other.stderr
    anew = run(assembled.path, "--epochs", "1", "--out", str(out), "--beta", "4")
    assert anew.returncode == 0, anew.stderr
    assert left_in(out) == files | {"samples/epoch-0001.png"}


def left_in(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--resume"], "no hay checkpoint.pt desde donde seguir"),
        (["--data", "faces"], "VAE_COURSE_DATA debe indicar la carpeta"),
    ],
)
def test_what_the_program_lacks_is_said_in_one_line_and_nothing_is_left_behind(tmp_path, monkeypatch, arguments, said):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("VAE_COURSE_LANG", "es")
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    result = run(assembled.path, "--out", str(tmp_path / "out"), *arguments)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert said in result.stderr
    assert left_in(tmp_path) == {"my_vae.py"}


@pytest.mark.parametrize(("lang", "heading"), [("es", "# Lección 03-sampling"), ("en", "# Lesson 03-sampling")])
def test_without_notebooks_all_is_the_courses(tmp_path, monkeypatch, lang, heading):
    monkeypatch.setenv("VAE_COURSE_LANG", lang)
    (tmp_path / "09-faces").mkdir()
    monkeypatch.chdir(tmp_path / "09-faces")
    assembled = assemble("runs/my_vae.py")
    assert assembled.own == () and tuple(assembled.borrowed) == ANSWERS
    text = (tmp_path / "09-faces" / "runs" / "my_vae.py").read_text(encoding="utf-8")
    assert heading in text
    assert re.search(
        r"    # .*reparameterize, sample_prior, VAE \(.*03-sampling/03-sampling.ipynb.*\)\n"
        r"    from vae_course.sampling import reparameterize, sample_prior, VAE\n",
        text,
    )


def test_a_wrong_and_an_unwritten_answer_are_the_courses(tmp_path):
    wrong = "def attribute_direction(z, labels):\n    return z[labels].mean(dim=0)\n"
    stub = "def fit_latent_gaussian(mu, logvar):\n    raise NotImplementedError\n"
    assembled, text = faces(
        tmp_path,
        answer("attribute_direction", wrong),
        answer("apply_attribute", APPLY),
        answer("fit_latent_gaussian", stub),
    )
    assert assembled.own == ("apply_attribute",)
    assert "mean of the others has to be subtracted" in assembled.borrowed["attribute_direction"].en
    assert "waiting for an answer" in assembled.borrowed["fit_latent_gaussian"].en
    assert "    from vae_course.faces import attribute_direction\n" in text
    assert "(espera una respuesta)\n    from vae_course.faces import fit_latent_gaussian\n" in text
    assert "    return z + strength * direction\n" in text and "NotImplementedError" not in text


def test_only_answer_cells_are_executed(tmp_path, capsys):
    trap = f"open({str(tmp_path / 'trap')!r}, 'w')"
    own = f"{APPLY}\nprint(apply_attribute(1, 2, 3))\n"
    assembled, text = faces(tmp_path, code(trap, "setup"), code(trap), answer("apply_attribute", own), code("1 /"))
    assert assembled.own == ("apply_attribute",)
    assert not (tmp_path / "trap").exists() and "trap" not in text
    assert "    print(apply_attribute(1, 2, 3))\n" in text and capsys.readouterr().out == ""  # cells are whole


def test_an_answer_brings_its_whole_cell_and_the_imports_that_it_uses(tmp_path):
    source = (
        "import math\n\nSCALE = math.e / math.e\n\n# twice, then half\n@functools.lru_cache\ndef half(x):\n"
        "    return F.relu(x) / 2  # why not\n\n\n"
        "def apply_attribute(z, direction, strength):\n    ### BEGIN SOLUTION\n    step = 2 * SCALE * direction\n"
        "    return z + strength * torch.as_tensor(step) / 2 + 0 * half(z)\n    ### END SOLUTION\n"
    )
    setup = code("import functools\nimport torch\nimport torch.nn.functional as F\nimport numpy as np\n", "setup")
    assembled, text = faces(tmp_path, setup, answer("apply_attribute", source))
    assert assembled.own == ("apply_attribute",)
    assert "    # twice, then half\n    @functools.lru_cache\n    def half(x):\n" in text and "# why not" in text
    assert "    import torch.nn.functional as F\n" in text and "SOLUTION" not in text and "numpy" not in text


CELLS = {  # what students write around an answer
    "constant bound twice": "STEP = 1\nSTEP = STEP + 1\n" + APPLY.replace("strength *", "STEP / 2 * strength *"),
    "helper in an if": "if True:\n    def half(x):\n        return x / 2\n" + APPLY.replace("z +", "half(2 * z) +"),
    "helper in a loop": "for scale in (1, 2):\n    half = lambda x: x / scale\n"
    + APPLY.replace("z +", "half(2 * z) +"),
    "decorator": "def same(f):\n    return f\n\n\n@same\n" + APPLY,
    "global": "COUNT = 0\n" + APPLY.replace("    return", "    global COUNT\n    COUNT += 1\n    return"),
    "star": "from math import *\n" + APPLY.replace("z +", "cos(0) * z +"),
    "future": "from __future__ import annotations\n" + APPLY.replace("(z,", "(z: Unknown,"),
    "dataclass": "from dataclasses import dataclass\n\n\n@dataclass\nclass Step:\n    size: float = 1.0\n\n\n"
    + APPLY.replace("strength *", "Step().size * strength *"),
    "pickle": "import pickle\n\n\nclass Step:\n    size = 1.0\n\n\n"
    + APPLY.replace("strength *", "pickle.loads(pickle.dumps(Step())).size * strength *"),
    "string of lines": 'TEXT = """a\nb"""\n' + APPLY.replace("z +", "len(TEXT) / 3 * z +"),
    "the program's names": "def main(x):\n    return x\n\n\ntrain = main\n" + APPLY.replace("z +", "train(z) +"),
}


@pytest.mark.parametrize("source", CELLS.values(), ids=CELLS)
def test_whatever_is_in_the_cell_it_works_in_the_program(tmp_path, source, monkeypatch):
    assembled, _ = faces(tmp_path, answer("apply_attribute", source))
    assert assembled.own == ("apply_attribute",), assembled.borrowed["apply_attribute"].en
    lesson = loaded(assembled.path, monkeypatch)["lesson_09"]
    assert torch.equal(lesson.apply_attribute(torch.ones(2), torch.ones(2), 2), torch.full((2,), 3.0))


def test_two_lessons_may_call_different_things_by_one_name(tmp_path, monkeypatch):
    unit = (
        "def scale(x):\n    return x / 255\n\n\ndef to_unit_range(images):\n"
        "    images = images if images.ndim == 4 else images.unsqueeze(-1)\n"
        "    return scale(images.permute(0, 3, 1, 2).float())\n"
    )
    write(tmp_path, "01-images", answer("to_unit_range", unit))
    double = "def scale(x):\n    return 2 * x\n\n\n" + APPLY.replace("strength *", "scale(strength) / 2 *")
    assembled, _ = faces(tmp_path, answer("apply_attribute", double))
    assert assembled.own == ("to_unit_range", "apply_attribute")
    modules = loaded(assembled.path, monkeypatch)
    assert (modules["lesson_01"].scale(255), modules["lesson_09"].scale(255)) == (1, 510)
    assert modules["lesson_01"].to_unit_range(torch.full((1, 2, 2, 1), 255, dtype=torch.uint8)).max() == 1


def test_errors_point_at_the_files_lines(tmp_path, monkeypatch):
    source = APPLY.replace("return", "return z[None][7] if strength == 7 else")
    assembled, text = faces(tmp_path, answer("apply_attribute", source))
    with pytest.raises(IndexError) as caught:
        loaded(assembled.path, monkeypatch)["lesson_09"].apply_attribute(torch.ones(2), torch.ones(2), 7)
    assert (caught.traceback[-1].path, caught.traceback[-1].lineno) == (
        assembled.path,
        next(number for number, line in enumerate(text.splitlines()) if "z[None][7]" in line),
    )


def test_answers_of_one_cell_are_taken_one_by_one(tmp_path):
    lerp = RIGHT["lerp"]
    write(tmp_path, "06-latent-space", answer("lerp-slerp", f"{lerp}\n\ndef slerp(z0, z1, t):\n    return 0\n"))
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    assert assembled.own == ("lerp",) and "slerp" in assembled.borrowed


def test_an_answer_uses_the_readers_own_earlier_ones(tmp_path, monkeypatch):
    source = (
        "def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind='bce'):\n"
        "    rec, kl = reconstruction_loss(x, x_hat, kind).mean(), kl_divergence(mu, logvar).mean()\n"
        "    return rec + beta * kl, rec, kl\n"
    )
    write(tmp_path, "04-loss", answer("kl_divergence", RIGHT["kl_divergence"]), answer("vae_loss", source))
    step = "def train_step(model, x, optimizer, beta=1.0):\n" + textwrap.indent(STEP, "    ")
    setup = code("from vae_course.loss import kl_divergence, vae_loss", "setup")
    write(tmp_path, "05-training", setup, answer("train_step", step))
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    assert assembled.own == ("kl_divergence", "vae_loss", "train_step")
    modules = loaded(assembled.path, monkeypatch)
    loss, training = modules["lesson_04"], modules["lesson_05"]
    assert training.vae_loss is loss.vae_loss and loss.vae_loss.__module__ == "lesson_04"
    assert loss.reconstruction_loss is course_loss.reconstruction_loss and not hasattr(training, "kl_divergence")


def test_a_right_answer_that_calls_an_unwritten_one_is_kept(tmp_path):
    stub = "def kl_divergence(mu, logvar):\n    raise NotImplementedError\n"
    source = (
        "def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind='bce'):\n"
        "    rec, kl = reconstruction_loss(x, x_hat, kind).mean(), kl_divergence(mu, logvar).mean()\n"
        "    return rec + beta * kl, rec, kl\n"
    )
    write(tmp_path, "04-loss", answer("kl_divergence", stub), answer("vae_loss", source))
    assert assemble(tmp_path / "my_vae.py", tmp_path).own == ("vae_loss",)


def test_what_an_answer_needs_of_a_wrong_ones_cell_is_taken_along(tmp_path):
    wrong = "def half(x):\n    return x / 2\n\n\ndef attribute_direction(z, labels):\n    return z[0]\n"
    assembled, text = faces(
        tmp_path,
        answer("attribute_direction", wrong),
        answer("apply_attribute", APPLY.replace("z +", "half(2 * z) +")),
    )
    assert assembled.own == ("apply_attribute",) and text.count("def half(x):") == 1
    assert "def attribute_direction" not in text and "import attribute_direction" in text


ELSEWHERE = {  # what stands in another cell, and what of it comes along
    "function": ("def half(x):\n    # both ways\n    return x / 2\n\n\nprint(1 / 0)", "# both ways"),
    "lambda": ("half = lambda x: x / 2; exit()", "half = lambda x: x / 2\n"),
    "constant": ("SHARE = 0.5\n\n\ndef half(x):\n    return x * SHARE", "    SHARE = 0.5\n"),
    "imports": (
        "from functools import partial, reduce\nimport operator as o\n\n\ndef half(x):\n"
        "    return reduce(o.mul, (x, 0.5))",
        "import operator as o",
    ),
    "class": (
        "class Half:\n    part = 2\n\n    def __call__(self, x):\n        return x / self.part\n\n\n"
        "def half(x):\n    return Half()(x)",
        "class Half:",
    ),
    "decorated": (
        "import functools\n\n\n@functools.cache\ndef two():\n    return 2\n\n\ndef half(x):\n    return x / two()",
        "@functools.cache",
    ),
    "after a magic": ("%%time\ndef half(x):\n    return x / 2", "def half(x):"),
    "after a question": ("def half(x):\n    return x / 2\n\n\nhalf?", "def half(x):"),
    "star": ("from operator import *\n\n\ndef half(x):\n    return truediv(x, 2)", "from operator import *"),
}


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("other", "comes"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_helpers_of_other_cells_come_along(tmp_path, monkeypatch, other, comes, before):
    cells = [code(other, "extra"), answer("apply_attribute", APPLY.replace("z +", "half(2 * z) +"))]
    assembled, text = faces(tmp_path, *(cells if before else reversed(cells)))
    assert assembled.own == ("apply_attribute",), assembled.borrowed["apply_attribute"].en
    assert comes in text and not any(word in text for word in ("1 / 0", "exit()", "partial", "%%time"))
    lesson = loaded(assembled.path, monkeypatch)["lesson_09"]
    assert torch.equal(lesson.apply_attribute(torch.ones(2), torch.ones(2), 2), torch.full((2,), 3.0))


def test_a_helper_that_does_not_run_spoils_no_other_answer(tmp_path):
    others = code("import nothing_of_that_name\n\n\ndef half(x):\n    return x / 2")
    broken = RIGHT["attribute_direction"] + "\nprint(nothing_of_that_name, half(2))\n"
    own = APPLY.replace("z +", "half(2 * z) +")
    assembled, _ = faces(tmp_path, others, answer("attribute_direction", broken), answer("apply_attribute", own))
    assert assembled.own == ("apply_attribute",)
    assert "nothing_of_that_name" in assembled.borrowed["attribute_direction"].en


def test_the_helper_nearest_above_counts(tmp_path):
    halves = [code(f"def half(x):\n    return x / {part}") for part in (7, 2, 5)]
    own = answer("apply_attribute", APPLY.replace("z +", "half(2 * z) +"))
    _, text = faces(tmp_path, *halves[:2], own, halves[2])
    assert "x / 2" in text and "x / 5" not in text and "x / 7" not in text


@pytest.mark.parametrize("other", ["ONE = float(1)", "for ONE in (1.0,):\n    pass", "x = max([1.0])\nONE = x"])
def test_what_another_cell_computes_stays_behind_and_the_reason_says_so(tmp_path, other, monkeypatch):
    assembled, text = faces(tmp_path, code(other), answer("apply_attribute", APPLY.replace("z +", "ONE * z +")))
    assert assembled.own == () and "no place in the program: " in assembled.borrowed["apply_attribute"].en
    assert "calculan otras celdas" in assembled.reasons["apply_attribute"]
    monkeypatch.setenv("VAE_COURSE_LANG", "en")
    assert "other cells compute" in assembled.reasons["apply_attribute"]
    assert "max(" not in text and "ONE = float" not in text


def test_an_answer_that_was_copied_counts_where_it_ran_last(tmp_path):
    first = answer("apply_attribute", APPLY.replace("z +", "7 * z +"))
    assembled, text = faces(tmp_path, first, answer("apply_attribute", APPLY))
    assert assembled.own == ("apply_attribute",) and "7 * z" not in text


@pytest.mark.parametrize(
    "source", ["def apply_attribute(z, d, s:\n", "import nothing_of_that_name\n" + APPLY, "exit()"]
)
def test_cells_that_do_not_run_are_the_courses(tmp_path, source):
    assembled, _ = faces(tmp_path, answer("apply_attribute", source))
    assert assembled.own == ()
    assert assembled.borrowed["apply_attribute"].es != assembled.borrowed["apply_attribute"].en


def test_a_notebook_that_is_not_one(tmp_path):
    write(tmp_path, "09-faces")
    (tmp_path / "09-faces" / "09-faces.ipynb").write_text("not a notebook")
    assert assemble(tmp_path / "my_vae.py", tmp_path).own == ()


@pytest.mark.parametrize("place", ["09-faces", "."])
def test_lessons_are_found_beside_the_notebook_or_below_it(tmp_path, monkeypatch, place):
    write(tmp_path, "09-faces", answer("apply_attribute", APPLY))
    monkeypatch.chdir(tmp_path / place)
    assert assemble("runs/my_vae.py").own == ("apply_attribute",)


@pytest.fixture
def not_installed(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "vae_course" else find(name, *a))
    monkeypatch.setattr(sys, "path", [*sys.path])


@pytest.mark.parametrize(("lang", "said"), [("es", "desde la carpeta del curso"), ("en", "from the course's folder")])
def test_without_the_course_the_file_says_what_to_do(tmp_path, monkeypatch, not_installed, lang, said):
    monkeypatch.setenv("VAE_COURSE_LANG", lang)
    path = assemble(tmp_path / "my_vae.py", tmp_path).path
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=said):
        runpy.run_path(str(path))


def test_the_file_finds_the_course_from_its_folder(tmp_path, monkeypatch, not_installed):
    path = assemble(tmp_path / "my_vae.py", tmp_path).path
    monkeypatch.chdir(ROOT / "lessons")
    runpy.run_path(str(path))
    assert sys.path[-1] == str(ROOT)
