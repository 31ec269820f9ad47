"""The visible checks against the bank of answers: never wrong about a right one, useful about the wrong ones."""

import importlib.util
import sys
import warnings
from pathlib import Path

import pytest
import torch

from vae_course import latent_space
from vae_course.exercises import ALL, OPTIONAL
from vae_course.notebook import reader
from vae_course.text import Both

BANK = Path(__file__).parents[1] / "answers"


def complaint(name, path):
    module_name = f"visible_{name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = sys.modules[module_name] = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what answers do is theirs
        spec.loader.exec_module(module)
        return reader.complaint(name, vars(module))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some wrong answers write where they should not


@pytest.mark.parametrize("name", ALL)
def test_right_answers_pass(name):
    heard = {path.stem: complaint(name, path) for path in sorted((BANK / name).glob("right_*.py"))}
    assert heard and not {stem: said for stem, said in heard.items() if said is not None}


@pytest.mark.parametrize("name", ALL)
def test_half_of_the_wrong_answers_or_more_hear_why(name):
    heard = [complaint(name, path) for path in sorted((BANK / name).glob("wrong_*.py"))]
    torch.set_default_dtype(torch.float32)  # which one of slerp's changes
    said = [one for one in heard if one is not None]
    assert len(said) >= (len(heard) if name in OPTIONAL else len(heard) / 2)  # nobody else tells of an optional one
    assert all(isinstance(one, Both) and one.es and one.en and one.es != one.en for one in said)


@pytest.mark.parametrize("name", ALL)
def test_an_unanswered_exercise_is_told_kindly(name):
    def not_yet(*args, **kwargs):
        raise NotImplementedError

    said = reader.complaint(name, dict.fromkeys(ALL[name].functions, not_yet))
    assert said == reader.UNANSWERED.format(name=name)


def test_chance_does_not_decide():
    """With this random state the check's toy network once took the course's own answer for a mixture of pixels."""
    torch.manual_seed(147)
    assert reader.complaint("interpolate_images", vars(latent_space)) is None


@pytest.mark.parametrize("name", ALL)
def test_a_cell_that_was_not_run_is_told(name):
    assert "conviene ejecutar" in reader.complaint(name, {}).es
