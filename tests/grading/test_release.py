"""What a teacher hands out: whole, without anything that only teachers may see, and at work where it lies."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import jupytext
import nbformat
import pytest
from helpers.grading import CHECKS, ROOT

from vae_course.course import build, links, release, settings
from vae_course.course.source import REGION
from vae_course.exercises import LESSONS
from vae_course.text import LANGUAGES

pytestmark = pytest.mark.slow

SECRET_NAMES = re.compile(
    r"grading|hidden|solution|rubric|answers/|tests|vae_course/course|nbgrader_config|\.git|__pycache__"
)
SECRET_WORDS = ("BEGIN SOLUTION", "HIDDEN TESTS", "vae_course.grading", "MARK SCHEME", "tests/hidden")


def command(*arguments, cwd=ROOT):
    return subprocess.run([sys.executable, "-m", "vae_course", *arguments], cwd=cwd, capture_output=True, text=True)


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """Both languages, as the command makes them."""
    out = tmp_path_factory.mktemp("release") / "taller"
    done = command("course", "release", str(out))
    assert done.returncode == 0 and str(out) in done.stdout, done.stderr
    return out


@pytest.fixture
def quick(monkeypatch):
    """A notebook of each language that is made at once, for what is not about them."""
    plain = '{"cells": [{"cell_type": "markdown", "source": ["# T"]}]}'
    monkeypatch.setattr(release, "lessons", lambda root, langs: {f"lessons/{lang}/x": plain for lang in langs})


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def texts(folder):
    """Name -> what is in it, without models, pictures and programs."""
    found = [name for name in names(folder) if not name.endswith((".safetensors", ".webp", ".jpeg", ".wasm"))]
    return {name: (folder / name).read_text(encoding="utf-8") for name in found}


def run(folder, code):
    """Python as a student has it: in the folder, with nothing else of this course on the path."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith(("VAE_COURSE", "PYTHONPATH"))}
    code = f"import warnings; warnings.simplefilter('error')\n{code}"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=bare, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---------------------------------------------------------------------------------------------------- what is in it


def test_all_that_a_student_needs_is_there(handout):
    for lang in LANGUAGES:
        assert {f"lessons/{lang}/{name}/{name}.ipynb" for name in LESSONS} <= set(names(handout))
    top = {"LICENSE", "app.py", "constraints.txt", "empezar.html", "pyproject.toml", "requirements.txt", "start.html"}
    assert {path.name for path in handout.iterdir()} == top | {"docs", "lessons", "vae_course"}


def test_nothing_is_there_that_only_teachers_may_see(handout):
    assert [name for name in names(handout) if SECRET_NAMES.search(name)] == []
    assert [(name, word) for name, text in texts(handout).items() for word in SECRET_WORDS if word in text] == []


def test_no_line_of_a_hidden_check_and_no_rubric_is_there(handout):
    held = "\n".join(texts(handout).values())
    checks = [
        line for file in CHECKS.glob("*.py") for line in re.findall(r"^def test_\w+", file.read_text("utf-8"), re.M)
    ]
    rubrics = []
    for lesson in LESSONS:
        for cell in jupytext.read(ROOT / "solutions" / f"{lesson}.py", fmt="py:percent").cells:
            if cell.cell_type == "markdown":
                rubrics += [
                    line for region in REGION.findall(cell.source) for line in region.splitlines() if len(line) > 40
                ]
    assert len(checks) > 50 and len(rubrics) > 50
    assert [line for line in checks + rubrics if line in held] == []


def test_an_answer_left_in_a_notebook_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "leaks", lambda lesson, root, made: [f"{lesson}: 'BEGIN SOLUTION' is left"])
    with pytest.raises(release.ReleaseError, match="01-images: 'BEGIN SOLUTION' is left"):
        release.release(ROOT, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("lang", "page", "other"), [("es", "empezar.html", "en"), ("en", "start.html", "es")])
def test_one_language_alone(quick, tmp_path, lang, page, other):
    made = names(release.release(ROOT, tmp_path / "out", (lang,)))
    assert [name for name in made if name.endswith(".html") and "/" not in name] == [page]
    assert f"lessons/{lang}/x" in made and not any(name.startswith(f"lessons/{other}/") for name in made)


# ----------------------------------------------------------------------------------------------- what is there already


@pytest.mark.parametrize("there", ["folder", "file", "ours"])
def test_what_is_there_is_left_as_it_is(quick, tmp_path, there):
    out = tmp_path / "out"
    if there == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / ("requirements.txt" if there == "ours" else "thesis.txt")).write_text("mine")
    before = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(release.ReleaseError, match="is there already and was left as it is"):
        release.release(ROOT, out)
    assert {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_command_says_so_in_a_sentence(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    done = command("course", "release", str(tmp_path))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_an_empty_folder_will_do_and_an_error_leaves_nothing(quick, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr(release, "COPIED", ("no such file",))
    with pytest.raises(FileNotFoundError):
        release.release(ROOT, out)
    assert list(tmp_path.rglob("*")) == [out]


def test_what_tools_keep_in_the_package_stays_behind(tmp_path):
    root = tmp_path / "root"
    for name in (
        "vae_course/a.py",
        "vae_course/grading/b.py",
        "vae_course/.hidden/c.py",
        "vae_course/d/__pycache__/e.pyc",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    assert release.package(root) == [os.path.join("vae_course", "a.py")]


# ---------------------------------------------------------------------------------------------- it works where it lies


def test_every_module_imports_without_the_teachers_rooms(handout):
    code = """
import importlib, pkgutil, vae_course
found = [one.name for one in pkgutil.walk_packages(vae_course.__path__, "vae_course.")]
for name in found:
    importlib.import_module(name)
print(vae_course.__path__[0], len(found))
"""
    where, count = run(handout, code).rsplit(maxsplit=1)
    assert where == str(handout / "vae_course") and int(count) > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_cell_and_a_visible_check_run(handout, lang):
    lesson = nbformat.read(handout / links.notebook("03-sampling", lang), as_version=4)
    (start,) = [cell.source for cell in lesson.cells if cell.id == "start"]
    (check,) = [cell.source for cell in lesson.cells if cell.id == "sample-prior-check"]
    answer = (
        "def sample_prior(n, latent_dim, generator=None):\n    return torch.randn(n, latent_dim, generator=generator)"
    )
    code = "\n".join([start, "import torch", answer, check, "import vae_course; print(vae_course.__path__[0])"])
    said = run(handout / "lessons" / lang / "03-sampling", code)
    assert said.startswith("✓ sample_prior") and said.rstrip().endswith(str(handout / "vae_course"))


def test_its_command_line_has_what_is_there_and_no_more(handout):
    assert command("presets", cwd=handout).stdout == command("presets").stdout
    help_text = command("--help", cwd=handout)
    assert help_text.returncode == 0 and "train" in help_text.stdout and "notebooks" not in help_text.stdout


def test_pip_reads_its_project(handout):
    about = settings.project(handout)
    ours = settings.project(ROOT)
    assert {key: about[key] for key in about if key != "optional-dependencies"} == {
        key: ours[key] for key in about if key != "optional-dependencies"
    }
    assert about["optional-dependencies"] == {"demo": ours["optional-dependencies"]["demo"]}
    assert settings.repository(handout) == settings.repository(ROOT)


# ---------------------------------------------------------------------------------------------------- the first page


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.loads = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append(tag)
        self.links += [values["href"]] if tag == "a" else []
        self.loads += [value for key, value in attrs if key == "src" or (tag == "link" and key == "href")]


@pytest.mark.parametrize(("lang", "name"), [("es", "empezar.html"), ("en", "start.html")])
def test_the_page_names_every_lesson_and_its_links_lead_somewhere(handout, lang, name):
    text = (handout / name).read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags.count("h1") == 1 and f'<html lang="{lang}">' in text and page.loads == []
    assert all(links.notebook(lesson, lang) in text for lesson in LESSONS) and "$" not in text
    outside = settings.repository(ROOT) + "/blob/main/"
    for link in page.links:
        if link.startswith(outside):
            assert (ROOT / link.removeprefix(outside).partition("#")[0]).is_file(), link
        elif not link.startswith("http"):
            assert (handout / link.partition("#")[0]).is_file(), link


OWN = """
import sys
from pathlib import Path
from vae_course.own_code import command, runner
guest = command.guest(["--with", sys.argv[1]])
with runner.Runner(Path(sys.argv[1]), where := runner.place()).session() as session:
    print(guest is not None, session.use("lerp", lambda student: student.lerp(1.0, 2.0, 0.5)))
where.end()
"""


def test_a_students_own_code_finds_its_sandbox_in_the_handout(handout, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def lerp(z0, z1, t):\n    return z0\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", OWN, file], cwd=handout, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stdout == "True 1.0\n", done.stderr
