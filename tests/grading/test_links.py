"""Links to services: all from the repository's one address, and to files that are there."""

import re
import subprocess
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from helpers import runs
from helpers.grading import NAME, ROOT, make_course

from vae_course.course import build, links, settings
from vae_course.exercises import LESSONS
from vae_course.text import LANGUAGES

pytestmark = pytest.mark.slow

ADDRESS = settings.repository(ROOT)
GITHUB = "https://github.com/ana/taller"
COLAB = "https://colab.research.google.com/github/ana/taller/blob/main/"


def command(*arguments):
    code, said, error = runs.command_here("course", "links", *arguments, folder=ROOT)
    assert (code, error) == (0, "")
    return said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_notebooks_that_links_name_are_there(lesson, lang):
    assert (ROOT / links.notebook(lesson, lang)).is_file()


@pytest.mark.parametrize("address", [GITHUB, f"{GITHUB}/", f"{GITHUB}.git"])
def test_colab_opens_a_notebook_on_github(address):
    assert links.colab(address, "04-loss", "en") == f"{COLAB}lessons/en/04-loss/04-loss.ipynb"


def test_colab_can_open_no_other_repository_and_no_badge_says_so():
    elsewhere = "https://gitlab.com/ana/taller"
    assert links.colab(elsewhere, "04-loss", "es") is None
    assert links.badge(elsewhere, "04-loss", "es") == ""


@pytest.mark.parametrize("hub", ["https://hub.example.edu", "https://hub.example.edu/"])
def test_a_hub_fetches_the_repository_and_opens_a_notebook(hub):
    link = urlsplit(links.hub(hub, f"{GITHUB}.git", "04-loss", "es"))
    assert (link.netloc, link.path) == ("hub.example.edu", "/hub/user-redirect/git-pull")
    path = "lab/tree/taller/lessons/es/04-loss/04-loss.ipynb"
    assert parse_qs(link.query) == {"repo": [GITHUB], "branch": ["main"], "urlpath": [path]}


@pytest.mark.parametrize(("lang", "says"), [("es", "Abrir en Colab"), ("en", "Open in Colab")])
@pytest.mark.parametrize("kind", ["lessons", "solutions"])
def test_a_badge_stands_below_the_title_and_leads_to_the_students_notebook(tmp_path, kind, lang, says):
    root = make_course(tmp_path / "course")
    project = root / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8").replace(settings.repository(root), GITHUB), encoding="utf-8")
    build.build(root)
    cells = nbformat.read(root / kind / lang / NAME / f"{NAME}.ipynb", as_version=4).cells
    first = next(cell.source for cell in cells if cell.cell_type == "markdown").splitlines()
    assert first[0].startswith("# ") and first[1] == "" and first[2].startswith(f"[![{says}](")
    assert first[2].endswith(f"]({COLAB}lessons/{lang}/{NAME}/{NAME}.ipynb)")
    assert sum("colab" in cell.source for cell in cells) == 1


def test_the_command_writes_them_all():
    said = command("--hub", "https://hub.example.edu", "--lang", "es").split()
    assert said[::3] == list(LESSONS)
    assert said[1::3] == [links.colab(ADDRESS, lesson, "es") for lesson in LESSONS]
    assert said[2::3] == [links.hub("https://hub.example.edu", ADDRESS, lesson, "es") for lesson in LESSONS]
    assert command("--repository", GITHUB, "--lang", "en").split()[1].startswith(COLAB)


@pytest.mark.parametrize(("lang", "half"), [("es", 1), ("en", 2)])
def test_the_link_for_hubs_in_the_docs_is_made_of_the_address(lang, half):
    text = re.split(r"^## (?:Español|English)$", (ROOT / "docs" / "places.md").read_text("utf-8"), flags=re.MULTILINE)
    assert f"\n{links.hub('https://hub.example.edu', ADDRESS, LESSONS[0], lang)}\n" in text[half]


def test_the_address_is_written_by_hand_in_one_place():
    known = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    name = ADDRESS.removeprefix("https://github.com/")
    by_hand = [path for path in known if not path.endswith(".ipynb") and (ROOT / path).is_file()]
    found = [path for path in by_hand if name.encode() in (ROOT / path).read_bytes()]
    assert found == ["pyproject.toml"]
