"""What the README promises: a valid Space, lines that a shell can run, presets and commands that exist."""

import importlib.util
import re
import shlex
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import yaml
from huggingface_hub import SpaceCardData
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from PIL import Image

from vae_course import presets, pretrained
from vae_course.__main__ import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")


def requirements():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {one.name: one for one in (Requirement(line) for line in lines if line and not line.startswith("#"))}


def shell_lines():
    """The lines of the README's code blocks without their comments."""
    for block in re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL):
        yield from filter(None, (re.sub(r"\s*#.*", "", line) for line in block.splitlines()))


def test_the_front_matter_is_a_spaces():
    card = SpaceCardData(**yaml.safe_load(README.split("---\n")[1]))
    assert README.startswith("---\n") and card.sdk == "gradio" and card.license == "mit"
    assert (ROOT / card.app_file).is_file()
    assert card.title and len(card.short_description) <= 60  # characters, the Hub's limit
    assert card.colorFrom in COLOURS and card.colorTo in COLOURS and len(card.emoji) <= 2
    assert SpecifierSet(re.search(r'requires-python = "(.*)"', PROJECT)[1]).contains(card.python_version)
    assert isinstance(card.python_version, str)  # YAML would read 3.10 as 3.1
    assert requirements()["gradio"].specifier.contains(card.sdk_version)


def test_the_first_screen_shows_the_newcomers_two_commands():
    first = README.split("---\n", 2)[2].splitlines()[:25]
    assert "python -m pip install -r requirements.txt && python app.py" in first
    assert "python -m pip install -r requirements.txt && python -m pytest" in first


def test_what_is_required_is_what_these_tests_run_with():
    for name, requirement in requirements().items():
        assert requirement.specifier.contains(version(name)), name
        assert any(part.operator == "<" for part in requirement.specifier), f"{name} has no upper bound"


@pytest.mark.parametrize("line", [line for line in shell_lines() if " -m vae_course " in line])
def test_the_command_line_has_what_the_readme_runs(line):
    command, *arguments = shlex.split(line.partition(" -m vae_course ")[2])
    known = {one.name or one.callback.__name__ for one in app.registered_commands}
    assert command in known
    if command == "train":
        assert arguments[0] in presets.names()


def test_the_files_that_it_links_to_are_there():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) >= 9
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_shipped_models_are_small():
    sizes = {name: sum(f.stat().st_size for f in (pretrained.WEIGHTS / name).rglob("*")) for name in pretrained.names()}
    assert max(sizes.values()) <= 10e6 and sum(sizes.values()) <= 60e6


def script(name):
    """A script of docs/, as a module."""
    about = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(about)
    about.loader.exec_module(module)
    return module


def test_the_page_of_models_is_what_its_command_writes():
    models = script("models")
    assert models.PAGE.read_text(encoding="utf-8") == models.text()
    assert {path.stem for path in models.SHEETS.iterdir()} == set(pretrained.names())


def test_the_picture_is_small_and_what_its_command_draws():
    picture = script("picture")
    with Image.open(picture.FILE) as file:
        shipped, drawn = (np.asarray(one.convert("RGBA"), dtype=float) for one in (file, picture.picture()))
    assert f"](docs/{picture.FILE.name})" in README.split("## ")[0]
    assert picture.FILE.stat().st_size < 60_000 and shipped.shape == drawn.shape
    assert (shipped[..., 3] == drawn[..., 3]).all()
    assert abs(shipped - drawn)[drawn[..., 3] > 0].mean() < 4  # of 255: what WebP loses


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("Español", ("Estudiantes", "Docentes", "Visitantes", "contribuir")),
        ("English", ("Students", "Teachers", "Visitors", "Contributors")),
    ],
)
def test_each_reader_has_a_few_lines_and_a_link(lang, words):
    half = README.partition(f"## {lang}\n")[2].partition("\n### ")[0]
    items = re.split(r"^- ", half, flags=re.MULTILINE)[1:]
    assert len(items) == len(words)
    for item, word in zip(items, words, strict=True):
        assert word in item.partition("**")[2].partition("**")[0] and "](" in item and item.count("\n") <= 4
