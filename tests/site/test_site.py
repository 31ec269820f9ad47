"""What `python -m vae_course site` writes: whole or not at all, without a network, a photograph or a missing text."""

import gzip
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from safetensors.torch import load

from vae_course import pretrained
from vae_course.site import pages, write
from vae_course.site.screens import SCREENS
from vae_course.text import LANGUAGES

ROOT = Path(__file__).parents[2]
SITE = ROOT / "vae_course" / "site"
TOOLS = ROOT / "node_modules" / ".bin"
LINKS = pages.Links("https://lessons.example", None)


def refused(*words):
    """What the command says, in one line, of what it will not do."""
    done = subprocess.run(
        [sys.executable, "-m", "vae_course", "site", *words], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1
    return done.stderr


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    said = refused(tmp_path)
    assert said.startswith(f"error: {tmp_path} is not empty") and "--force" in said
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert "is a file" in refused(tmp_path / "thesis.txt", "--force")


def test_with_force_an_earlier_site_is_replaced_and_what_is_not_its_own_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(
        write, "contents", lambda *_: {"index.html": b"new", "app/2/shell.js": b"new", ".nojekyll": b""}
    )
    out = tmp_path / "out"
    (out / "app" / "1").mkdir(parents=True)
    for old in ("app/1/shell.js", "index.html", "CNAME"):
        (out / old).write_text("old")
    assert write.write(out, repository="r", force=True) == 6
    files = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {
        "out/index.html": "new", "out/app/2/shell.js": "new", "out/.nojekyll": "", "out/CNAME": "old",
    }  # fmt: skip


def test_what_fails_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("old")
    monkeypatch.setattr(write, "contents", lambda *_: {"index.html": b"", "index.html/b": b"a file can't be a folder"})
    with pytest.raises(OSError):
        write.write(tmp_path / "out", repository="r", force=True)
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["old"]


def test_the_lessons_are_linked_to_where_the_project_lies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Repository"] == write.home()


def test_everything_that_a_page_names_is_there_and_nothing_comes_from_elsewhere(site):
    """Links lead to the lessons; what is loaded is relative."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for mark, address in re.findall(r'<(\w+)[^>]*? (?:href|src)="([^"]*)"', text):
            if mark == "a" and address.startswith(write.home()):
                continue
            assert not re.match(r"(?:https?:)?//|/", address), (page, address)
            if mark != "a" and not address.startswith("data:"):
                assert (page.parent / address.partition("?")[0]).is_file(), (page, address)
    for script in [*site.rglob("*.js"), *site.rglob("*.css")]:
        assert "://" not in script.read_text(encoding="utf-8").replace("http://www.w3.org", ""), script


def test_no_picture_ships_and_no_cookie_is_set(site):
    kinds = {path.suffix for path in site.rglob("*") if path.is_file()}
    assert kinds <= {".html", ".js", ".css", ".wasm", ".gz", ""}
    for file in site.rglob("*.js"):
        assert not re.search(r"document\.cookie|localStorage|indexedDB", file.read_text(encoding="utf-8"))


def test_parts_are_those_of_the_shipped_models(site):
    tensors = load(gzip.decompress((site / "models" / "fashion-2d" / "decoder.safetensors.gz").read_bytes()))
    stored = pretrained.stored("fashion-2d")
    assert tensors and all((tensors[name] == stored[name]).all() for name in tensors)
    wanted = {f"{name}/{part}.safetensors.gz" for screen in SCREENS.values() for name, part in screen.parts}
    assert {path.relative_to(site / "models").as_posix() for path in site.rglob("*.gz")} == wanted


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_asks_something_links_on_and_differs_between_languages(name):
    both = [pages.screen(name, lang, LINKS) for lang in LANGUAGES]
    for lang, text in zip(LANGUAGES, both, strict=True):
        assert text.count('class="guess"') == 1 and len(re.findall(r'aria-pressed="false" value="[0-2]"', text)) >= 3
        assert f"lessons/{lang}/{SCREENS[name].lesson}" in text
        assert "Both(" not in text
    assert both[0] != both[1]


def leaves(table, where=""):
    """(where, Spanish, English) of each text in a table."""
    if set(table) & set(LANGUAGES):
        yield where, table.get("es", ""), table.get("en", "")
    else:
        for key, value in table.items():
            yield from leaves(value, f"{where}.{key}") if isinstance(value, dict) else ()


def test_every_text_is_there_in_both_languages_and_fills_in_the_same():
    texts = list(leaves(tomllib.loads((SITE / "texts.toml").read_text(encoding="utf-8"))))
    assert len(texts) > 30 and [where for where, es, en in texts if not es.strip() or not en.strip()] == []
    plain = [re.sub(r"{\w+}|\W", "", en) for _, _, en in texts]
    assert [where for (where, es, en), words in zip(texts, plain, strict=True) if es == en and len(words) > 7] == []
    fields = [[set(re.findall(r"{(\w+)}", text)) for text in both] for _, *both in texts]
    assert all(es == en for es, en in fields)


def test_links_lead_to_a_demo_where_there_is_one():
    text = pages.screen("hold", "en", pages.Links("https://lessons.example", "https://demo.example"))
    assert 'href="https://demo.example/en?tab=map"' in text
    assert "docs/demo.md" in pages.screen("hold", "en", LINKS)


def test_every_text_is_used():
    """Texts are asked for by templates, or by pages.py and screens.py."""
    used = "".join(path.read_text(encoding="utf-8") for path in [*SITE.rglob("templates/*.html"), *SITE.glob("*.py")])
    table = tomllib.loads((SITE / "texts.toml").read_text(encoding="utf-8"))
    names = {key for key in table if key.isupper()} | {key for name in SCREENS for key in table[name]}
    assert {key for key in names if not re.search(rf"\b{key}\b", used)} == set()
    assert {key for key in table if not key.isupper()} == set(SCREENS)


def test_the_workflow_publishes_what_the_command_writes():
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    (out,) = re.findall(r"python -m vae_course site (\w+)", text)
    assert f"path: {out}\n" in text and "pages: write" in text and "id-token: write" in text
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in re.findall(r"uses: (\S+)", text))


@pytest.mark.skipif(not (TOOLS / "esbuild").exists(), reason="needs npm install")
def test_what_travels_is_what_the_scripts_make(tmp_path):
    import json

    build = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["scripts"]["site"]
    tool, *words = shlex.split(build)
    sources = [word for word in words if "*" not in word and not word.startswith("--outdir")]
    scripts = sorted(map(str, [*SITE.glob("scripts/*.js"), *SITE.glob("scripts/*.css")]))
    subprocess.run([TOOLS / tool, *scripts, *sources, f"--outdir={tmp_path}"], cwd=ROOT, check=True)
    made, kept = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (tmp_path, SITE / "built"))
    assert made == kept, "old: npm run site"
