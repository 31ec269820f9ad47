"""The course's own answers through all hidden checks, in one session: every exercise gets full marks."""

import ast

import pytest
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.grading.score import score_here


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """Exercise -> score of a file that imports the course's answer."""
    folder, answers = tmp_path_factory.mktemp("reference"), []
    for name, exercise in EXERCISES.items():
        file = folder / f"{name}.py"
        file.write_text(f"from vae_course.{exercise.module} import {', '.join(exercise.functions)}\n")
        answers.append((name, file))
    return {score.exercise: score for score in score_here(answers, CHECKS)}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_has_full_marks(scores, name):
    assert [result.message.en for result in scores[name].results if not result.passed] == []
    assert scores[name].points == EXERCISES[name].points


def test_every_hidden_check_was_asked(scores):
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in CHECKS.glob("test_*.py"))
    there = [node.name for tree in trees for node in tree.body if getattr(node, "name", "").startswith("test_")]
    asked = [result.name for score in scores.values() for result in score.results]
    assert sorted(asked) == sorted(there)
