"""What a teacher hands out: lessons, requirements, the package without the teacher's rooms, a page to start from."""

import html
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from string import Template

import mistune

from ..text import LANGUAGES, Both, pick
from . import build, links, settings
from .source import sources

TEACHERS = ("grading", "course", "pages")  # rooms of the package that nobody else imports
COPIED = ("app.py", "LICENSE", "constraints.txt", "docs/glossary.md")
START = Both(es="empezar.html", en="start.html")
LESSONS = Both(es="Las diez lecciones", en="The ten lessons")
HALVES = re.compile(r"^## (?:Español|English)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")
INSTALLED = """\
# python -m pip install -r requirements.txt
# the versions that were tried: python -m pip install -r requirements.txt -c constraints.txt
"""
PROJECT = """\
[project]
name = {name}
version = {version}
description = {description}
requires-python = {requires-python}
license = {license}
dependencies = {dependencies}
optional-dependencies.demo = {demo}
scripts.vae-course = "vae_course.__main__:main"
urls.Repository = {repository}

[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
packages.find.include = ["vae_course*"]
package-data.vae_course = ["**/*"]
"""


class ReleaseError(Exception):
    """A handout that can't be made; the message says why."""


def release(root: Path, out: Path, langs: tuple[str, ...] = LANGUAGES) -> Path:
    """Writes the handout of the course in `root` into a new folder, in these languages. Returns the folder.

    It is whole or not there. Raises ReleaseError where `out` holds anything already, LessonError.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ReleaseError(f"{out} is there already and was left as it is: name a new folder, or delete that one first")
    notebooks = lessons(root, langs)
    texts = notebooks | {"requirements.txt": requirements(root), "pyproject.toml": project(root)}
    texts |= {pick(START, lang): start_page(root, lang, notebooks) for lang in langs}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as place:
        made = Path(place, out.name)
        for name in (*package(root), *COPIED):
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, made / name)
        for name, text in texts.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        if out.exists():
            out.rmdir()
        made.rename(out)
    return out


def package(root: Path) -> list[str]:
    """The package's files, from the course's folder, without the teacher's rooms and what tools keep beside them."""
    found = [path.relative_to(root) for path in sorted((root / "vae_course").rglob("*")) if path.is_file()]
    kept = [path for path in found if path.parts[1] not in TEACHERS]
    return [str(path) for path in kept if not any(part.startswith((".", "__pycache__")) for part in path.parts)]


def lessons(root: Path, langs: tuple[str, ...]) -> dict[str, str]:
    """The students' notebooks as their sources make them, path -> content. Raises LessonError, ReleaseError."""
    made = build.files(root)
    left = [leak for lesson in sources(root) for leak in build.leaks(lesson, root, made)]
    if left:
        raise ReleaseError("\n".join(left))
    names = [links.notebook(lesson, lang) for lang in langs for lesson in sources(root)]
    return {name: made[root / name] for name in names}


def requirements(root: Path) -> str:
    """What the package, its demo and the notebooks need, for pip; nbgrader brings JupyterLab and validates."""
    about = settings.project(root)
    extras = about["optional-dependencies"]
    jupyter = [line for line in extras["course"] if line.startswith("nbgrader")]
    return INSTALLED + "\n".join([*about["dependencies"], *extras["demo"], *jupyter]) + "\n"


def project(root: Path) -> str:
    """The handout's pyproject.toml; what JSON writes is TOML too."""
    about = settings.project(root)
    demo, repository = about["optional-dependencies"]["demo"], about["urls"]["Repository"]
    values = about | {"demo": demo, "repository": repository}
    return PROJECT.format(**{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def start_page(root: Path, lang: str, notebooks: dict[str, str]) -> str:
    """docs/studying.md in one language, with the lessons' questions and files: HTML that needs nothing else."""
    head, *halves = HALVES.split((root / "docs" / "studying.md").read_text(encoding="utf-8"))
    at = LANGUAGES.index(lang)
    title = head.splitlines()[0].removeprefix("# ").split(" · ")[at]
    text = LINK.sub(lambda link: f"]({_target(link[1], root)}{link[2] or ''})", halves[at])
    body = str(mistune.create_markdown(plugins=["table"])(text)) + _table(notebooks, lang)
    template = Template(Path(__file__).with_name("start.html").read_text(encoding="utf-8"))
    return template.substitute(lang=lang, title=html.escape(title), body=body)


def _target(link: str, root: Path) -> str:
    """Where a link of docs/ leads from the handout: into it, or to the repository for what is not in it."""
    path = os.path.normpath(f"docs/{link}").replace(os.sep, "/")
    return path if path in COPIED else f"{settings.repository(root)}/blob/{links.BRANCH}/{path}"


def _table(notebooks: dict[str, str], lang: str) -> str:
    """The lessons of one language, with their questions and files."""
    rows = []
    for name, content in notebooks.items():
        if name.startswith(f"lessons/{lang}/"):
            title = _first_text(content).splitlines()[0].removeprefix("# ")
            rows.append(f"<li>{html.escape(title)}<br><code>{html.escape(name)}</code></li>\n")
    return f"<h3>{pick(LESSONS, lang)}</h3>\n<ul>\n{''.join(rows)}</ul>\n"


def _first_text(notebook: str) -> str:
    cells = json.loads(notebook)["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
