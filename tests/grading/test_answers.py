"""The hidden checks and the bank of answers whose worth is known, tests/answers."""

import ast
import os
import subprocess
import sys

import pytest
from helpers.answers import ANSWERS, answers, misjudged
from helpers.grading import CHECKS

from vae_course.exercises import ALL, EXERCISES, LESSONS, OPTIONAL
from vae_course.grading.checks import checks_file
from vae_course.grading.score import score_many

CORE = {
    *("ConvEncoder", "ConvDecoder", "reparameterize", "kl_divergence", "reconstruction_loss", "vae_loss"),
    *("train_step", "evaluate", "checkpoint", "slerp", "VAE", "train_epoch"),
}


def test_a_wrong_answer_loses_points():
    """To a few exercises: test_worth.py judges every answer. That right ones get all is the reference's own test."""
    chosen = [(name, answers(name, "wrong")[0]) for name in sorted(CORE)[::3]]
    assert misjudged(score_many(chosen, CHECKS)) == []


@pytest.mark.parametrize("name", ALL)
def test_there_are_enough_answers(name):
    right, wrong = (5, 8) if name in CORE else (3, 5)
    assert len(answers(name, "right")) >= right and len(answers(name, "wrong")) >= wrong
    for file in answers(name, "right") + answers(name, "wrong"):
        text = file.read_text(encoding="utf-8")
        assert text.startswith('"""') and "vae_course.grading" not in text
        own = f"from vae_course.{ALL[name].module} import {name}"
        assert own not in text  # the reference would be no answer


def test_points_add_up_and_plumbing_counts_little():
    assert sum(exercise.points for exercise in EXERCISES.values()) == 100
    assert all(exercise.points == 0 for exercise in OPTIONAL.values()) and not set(OPTIONAL) & set(EXERCISES)
    plumbing = [name for name, exercise in EXERCISES.items() if exercise.lesson == "01-images"]
    plumbing += ["conv_output_size", "sample_prior", "traverse", "beta_schedule", "apply_attribute"]
    assert sum(EXERCISES[name].points for name in plumbing) <= 15
    assert list(LESSONS) == sorted({exercise.lesson for exercise in EXERCISES.values()})


@pytest.mark.parametrize("lesson", LESSONS)
def test_checks_stand_alone_and_speak_both_languages(lesson):
    tree = ast.parse((CHECKS / checks_file(lesson)).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in modules} <= {"itertools", "math", "pytest", "torch", "checking"}
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    names = set()
    for check in checks:
        (mark,) = [call for call in check.decorator_list if getattr(call.func, "id", None) == "exercise"]
        told = {word.arg: getattr(word.value, "value", None) for word in mark.keywords}
        assert told["weight"] > 0 and (None in told or (len(told["es"]) > 10 and len(told["en"]) > 10)), check.name
        names.add(mark.args[0].value)
    assert names == {name for name, exercise in EXERCISES.items() if exercise.lesson == lesson}


def test_a_check_that_needs_what_is_not_there_is_told(tmp_path):
    text = (CHECKS / checks_file("04-loss")).read_text(encoding="utf-8")
    (tmp_path / "checking.py").write_text((CHECKS / "checking.py").read_text(encoding="utf-8"), encoding="utf-8")
    wrong = text.replace('needs=("test_kl_is_the_closed_form",)', 'needs=("test_bce",)')
    (tmp_path / checks_file("04-loss")).write_text(wrong, encoding="utf-8")
    code = "import sys, pathlib; from vae_course.grading.score import score_here; folder = pathlib.Path(sys.argv[1])\n"
    code += "score_here([('kl_divergence', pathlib.Path(sys.argv[2]))], folder)"
    line = [sys.executable, "-c", code, str(tmp_path), str(answers("kl_divergence", "right")[0])]
    run = subprocess.run(line, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ANSWERS.parents[1])})
    assert "test_kl_of_a_moved_mean needs test_bce, no check of kl_divergence" in run.stderr
