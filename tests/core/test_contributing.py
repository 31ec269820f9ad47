"""The pages for contributors: every path and every command that they name exists."""

import re
from pathlib import Path

import pytest
import typer

from vae_course.__main__ import app

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vae_course"
PAGES = ("CONTRIBUTING.md", "docs/architecture.md")
PLACEHOLDER = re.compile(r"<[a-z]+>|NN[-_]name|NAME")
PATH = re.compile(r"[\w.*-]*[/.][\w./*-]*")
EXTENSIONS = {".py", ".md", ".json", ".js", ".css", ".txt", ".toml", ".yaml"}


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


def quoted(words):
    """What stands between backticks, placeholders as stars."""
    return [PLACEHOLDER.sub("*", name) for name in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", words)]


def is_path(name):
    return bool(PATH.fullmatch(name)) and ("/" in name or Path(name).suffix in EXTENSIONS)


def exists(name, *places):
    return any(any(place.glob(name.removesuffix("/"))) for place in (ROOT, PACKAGE, *places) if place.is_dir())


def rows(page, columns):
    """(first cell, the others) of the rows of the tables with so many columns."""
    cells = (line.strip("|").split("|") for line in text(page).splitlines() if line.startswith("| `"))
    return [(row[0], " ".join(row[1:])) for row in cells if len(row) == columns]


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page):
    tabs = list((PACKAGE / "demo" / "tabs").glob("*/"))  # a tab's files are named without their folder
    named = {name for name in quoted(text(page)) if is_path(name)}
    rooms = {
        PACKAGE / name for first, _ in rows("docs/architecture.md", 2) for name in quoted(first) if "*" not in name
    }
    assert len(named) > 15
    assert sorted(name for name in named if not exists(name, *rooms, *tabs)) == []


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!http|#)([^)#]+)", text(page)):
            assert (ROOT / page).parent.joinpath(target).exists(), (page, target)


def test_a_room_has_what_the_architecture_says_is_in_it():
    listed = rows("docs/architecture.md", 2)
    missing = [
        (room, name)
        for first, contents in listed
        for room in quoted(first)
        if room.endswith("/")
        for name in quoted(contents)
        if re.fullmatch(r"\w+", name) and not any(PACKAGE.glob(f"{room}{name}.py"))
    ]
    assert len(listed) > 10 and missing == []


@pytest.mark.parametrize("line", sorted(set(re.findall(r"python -m vae_course ([^\n`]+)", text("CONTRIBUTING.md")))))
def test_the_command_line_has_what_the_page_runs(line):
    command = typer.main.get_command(app)
    for word in line.split()[: 2 if line.startswith("course") else 1]:
        assert word in command.commands
        command = command.commands[word]
