"""The pages for teachers and students: every command on them is run, in a clone with a submission in each language."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from vae_course import presets

ROOT = Path(__file__).parents[2]
PAGES = ("teaching", "studying", "places")
LESSON = "03-sampling"
ANSWER = "def kl_divergence(mu, logvar):\n    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)\n"


IN_ENGLISH = {  # what the commands of the Spanish half are called in the other
    "taller-vae": "vae-workshop", "entregas": "submissions", "respuesta": "answer", "lessons/es": "lessons/en",
    "--lang es": "--lang en",
}  # fmt: skip


def halves(page):
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    _, es, en = re.split(r"^## (?:Español|English)$", text, flags=re.MULTILINE)
    return {"es": es, "en": en}


def commands(page, lang):
    blocks = re.findall(r"^```bash\n(.*?)^```", halves(page)[lang], re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_say_the_same(page):
    es, en = (halves(page)[lang] for lang in ("es", "en"))
    assert len(re.findall("^### ", es, re.MULTILINE)) == len(re.findall("^### ", en, re.MULTILINE))
    assert [in_english(command) for command in commands(page, "es")] == commands(page, "en")
    files = re.findall(r"lessons/\S+", halves(page)["en"] + halves(page)["es"])
    assert [name for name in files if name.endswith(".ipynb") and not (ROOT / name).is_file()] == []


def in_english(command):
    for es, en in IN_ENGLISH.items():
        command = command.replace(es, en)
    return command


@pytest.mark.parametrize("page", [*PAGES, "glossary"])
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")):
        assert (ROOT / "docs" / target).exists(), target


def test_the_glossary_has_both_languages_in_every_row():
    rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("### Una palabra")[0].splitlines()
    rows = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows if row.startswith("| ")][1:]
    assert len(rows) > 30 and all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)


def test_the_page_of_benchmarks_is_what_its_command_writes(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])  # it adds to it
    from benchmarks import report

    assert report.PAGE.read_text(encoding="utf-8") == report.text(report.results())


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """What a teacher has: the repository as git knows it, and two submissions."""
    root = tmp_path_factory.mktemp("docs") / "clone"
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, known.decode().split("\0")):
        if not (ROOT / name).is_file():
            continue
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for arguments in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    with zipfile.ZipFile(root / "entregas.zip", "w") as file:
        for student, lang in (("ana", "es"), ("ben", "en")):
            solved = root / "solutions" / lang / LESSON / f"{LESSON}.ipynb"
            file.write(solved, f"{student}_41_assignsubmission_file_/{LESSON}.ipynb")
    (root / "respuesta.py").write_text("import torch\n\n\n" + ANSWER, encoding="utf-8")
    return root


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_works(clone, page):
    """The Spanish half's: the English half's are the same, with other names."""
    env = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    env.pop("VAE_COURSE_LANG", None)
    for command in dict.fromkeys(commands(page, "es")):
        if "pip install" in command:
            continue  # test_install.py does
        if command.startswith("jupyter lab"):
            open_notebook(clone, command, env)
            continue
        if command.startswith("python app.py --with "):
            assert (clone / command.split()[-1]).is_file()  # browser/test_own_code.py starts it, with a solved one
            continue
        if command.startswith("torchrun "):
            *_, training = command.partition("-m vae_course train ")
            assert training in presets.names()  # it takes an hour; runs/test_parallel.py starts smaller ones
            continue
        done = subprocess.run(["bash", "-c", command], cwd=clone, env=env, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    changed = subprocess.run(["git", "status", "--short", "solutions", "lessons"], cwd=clone, capture_output=True)
    assert changed.stdout == b""
    if page == "teaching":
        graded(clone)
        handed_out(clone)


def graded(clone):
    rows = (clone / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3 and all(",10.0," in row for row in rows[1:])  # the written question waits
    for student, words in (("ana", "todavía sin nota"), ("ben", "not yet graded")):
        assert words in (clone / "feedback" / student / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")


def handed_out(clone):
    with zipfile.ZipFile(clone / "taller-vae.zip") as handout:
        names = " ".join(handout.namelist())
    assert "lessons/es/03-sampling" in names and "solutions/" not in names and "tests/hidden" not in names


def open_notebook(clone, command, env):
    """Jupyter answers for that file, and its formgrader knows the course."""
    port, words = "8899", command.split()
    path = words[2]
    assert (clone / path).is_file()
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=t", "--ServerApp.root_dir=."]
    arguments = [*words[:2], *options, *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    server = subprocess.Popen(arguments, cwd=clone, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for address in (f"api/contents/{path}?content=0", "formgrader/api/assignments"):
            assert b"03-sampling" in answer(f"http://localhost:{port}/{address}") or "contents" in address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def answer(address):
    request = urllib.request.Request(address, headers={"Authorization": "token t"})
    for _ in range(120):
        try:
            with urllib.request.urlopen(request, timeout=30) as page:
                return page.read()
        except ConnectionError:
            pass
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
        time.sleep(0.5)
    raise AssertionError(f"{address} never answered")
