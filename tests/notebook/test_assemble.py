"""The program made of a reader's own answers."""

import ast
import csv
import importlib.util
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from vae_course.assemble import assemble
from vae_course.grading.contract import EXERCISES

ROOT = Path(__file__).parents[2]
RIGHT = {name: sorted((ROOT / "tests" / "answers" / name).glob("right_*.py"))[0].read_text() for name in EXERCISES}
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


def test_every_right_answer_is_taken_and_trains(tmp_path):
    for lesson in dict.fromkeys(exercise.lesson for exercise in EXERCISES.values()):
        cells = [answer(n, source) for n, source in RIGHT.items() if EXERCISES[n].lesson == lesson]
        write(tmp_path, lesson, *cells)
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    assert assembled.borrowed == {}
    assert assembled.own == tuple(EXERCISES)
    out = tmp_path / "out"
    first = run(assembled.path, "--epochs", "1", "--out", str(out))
    assert first.returncode == 0, first.stderr
    again = run(assembled.path, "--epochs", "2", "--out", str(out), "--resume")
    assert again.returncode == 0, again.stderr
    with open(out / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["epoch"]) for row in rows] == [1, 2]
    assert float(rows[1]["train_loss"]) < float(rows[0]["train_loss"]) < 12288
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    sheets = {"samples/epoch-0001.png", "samples/epoch-0002.png"}
    assert made == {"history.csv", "checkpoint.pt", "loss.png", "fitted.png"} | sheets


@pytest.mark.parametrize(("lang", "heading"), [("es", "# Lección 03-sampling"), ("en", "# Lesson 03-sampling")])
def test_without_notebooks_all_is_the_courses(tmp_path, monkeypatch, lang, heading):
    monkeypatch.setenv("VAE_COURSE_LANG", lang)
    (tmp_path / "09-faces").mkdir()
    monkeypatch.chdir(tmp_path / "09-faces")
    assembled = assemble("runs/my_vae.py")
    assert assembled.own == () and set(assembled.borrowed) == set(EXERCISES)
    text = (tmp_path / "09-faces" / "runs" / "my_vae.py").read_text(encoding="utf-8")
    assert heading in text
    assert "reparameterize, sample_prior\nfrom vae_course.sampling import reparameterize, sample_prior\n" in text


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
    assert "[4, -4, -1]" in assembled.borrowed["attribute_direction"].en
    assert "waiting for an answer" in assembled.borrowed["fit_latent_gaussian"].en
    assert "from vae_course.faces import attribute_direction, fit_latent_gaussian\n" in text
    assert APPLY.strip() in text and "NotImplementedError" not in text


def test_only_answer_cells_are_executed(tmp_path):
    trap = f"open({str(tmp_path / 'trap')!r}, 'w')"
    own = f"{APPLY}\n{trap}\nprint(apply_attribute(1, 2, 3))\n"
    assembled, text = faces(tmp_path, code(trap, "setup"), code(trap), answer("apply_attribute", own), code("1 /"))
    assert assembled.own == ("apply_attribute",)
    assert not (tmp_path / "trap").exists()  # of the answer's cell, too, only what its function needs is kept
    assert "print(apply" not in text and "trap" not in text


def test_an_answer_brings_its_helpers_imports_and_comments(tmp_path):
    source = (
        "import math\n\nSCALE = math.e / math.e\nUNUSED = 3\n\n# twice, then half\n@staticmethod\ndef half(x):\n"
        "    return F.relu(x) / 2  # why not\n\n\n"
        "def apply_attribute(z, direction, strength):\n    ### BEGIN SOLUTION\n    step = 2 * SCALE * direction\n"
        "    return z + strength * torch.as_tensor(step) / 2 + 0 * half(z)\n    ### END SOLUTION\n"
    )
    setup = code("import torch\nimport torch.nn.functional as F\nimport numpy as np\n", "setup")
    assembled, text = faces(tmp_path, setup, answer("apply_attribute", source))
    assert assembled.own == ("apply_attribute",)
    assert "# twice, then half\n@staticmethod\ndef half(x):" in text and "# why not" in text
    assert "import math\n" in text and "from torch.nn import functional as F\n" in text
    assert "SOLUTION" not in text and "UNUSED" not in text and "numpy" not in text


def test_answers_of_one_cell_are_taken_one_by_one(tmp_path):
    lerp = RIGHT["lerp"]
    write(tmp_path, "06-latent-space", answer("lerp-slerp", f"{lerp}\n\ndef slerp(z0, z1, t):\n    return 0\n"))
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    assert assembled.own == ("lerp",) and "slerp" in assembled.borrowed


def test_an_answer_uses_the_readers_own_earlier_ones(tmp_path):
    write(tmp_path, "04-loss", *(answer(name, RIGHT[name]) for name in ("kl_divergence", "reconstruction_loss")))
    source = (
        "def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind='bce'):\n"
        "    rec, kl = reconstruction_loss(x, x_hat, kind).mean(), kl_divergence(mu, logvar).mean()\n"
        "    return rec + beta * kl, rec, kl\n"
    )
    write(tmp_path, "04-loss", answer("kl_divergence", RIGHT["kl_divergence"]), answer("vae_loss", source))
    assembled = assemble(tmp_path / "my_vae.py", tmp_path)
    assert assembled.own == ("kl_divergence", "vae_loss")
    bound = [node.name for node in ast.parse(assembled.path.read_text()).body if isinstance(node, ast.FunctionDef)]
    assert bound.index("kl_divergence") < bound.index("vae_loss")


def test_a_name_that_the_program_uses_is_refused(tmp_path):
    source = "def train(x):\n    return x\n\n\n" + APPLY.replace("return z", "return train(z)")
    assembled, text = faces(tmp_path, answer("apply_attribute", source))
    assert "train" in assembled.borrowed["apply_attribute"].es
    assert text.count("def train(") == 1


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
