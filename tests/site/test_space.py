"""What `python -m vae_course space` writes: a valid Space with what it needs, and nothing lost in the folder.

tests/core/test_install.py installs and opens the demo's, tests/site/test_screens.py the explorer's.
"""

import hashlib
import os
import re
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
from huggingface_hub import SpaceCard, metadata_load
from packaging.requirements import Requirement

from vae_course import pretrained
from vae_course.site import space
from vae_course.site.write import SiteError

ROOT = Path(__file__).parents[2]
HOME = "https://lessons.example"
NOT_THE_DEMOS = re.compile(
    r"test|\.ipynb|notebook|lesson|solution|grading|confined|own_code|course/course|pages|/site/|benchmarks|docs|__pycache__"
)
NAMES = {"PIL": "pillow", "sklearn": "scikit-learn"}
GRADIOS = {"gradio", "brotli", "httpx", "jinja2", "markupsafe", "starlette"}  # what it brings with it


def git(folder, *words, given=""):
    done = subprocess.run(["git", *words], cwd=folder, input=given, capture_output=True, text=True, check=True)
    return done.stdout


def names(folder):
    """All files but those of git."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[0] != ".git"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's Space, written by the command into a clone that holds nothing yet."""
    out = tmp_path_factory.mktemp("spaces") / "demo"
    git(out.parent, "init", "-q", str(out))
    words = [sys.executable, "-m", "vae_course", "space", str(out), "--sdk", "gradio"]
    said = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert f"hf upload ACCOUNT/NAME {out} . --repo-type space" in said
    return out


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Spaces of a few files. small(force) writes one and returns its folder; small.content: what it is made of."""

    def write(force=False):
        space.write(tmp_path / "out", "static", repository=HOME, force=force)
        return tmp_path / "out"

    write.content = {"index.html": b"<p>", "app/1/shell.js": b"1", "models/a.gz": b"\x1f\x8b\xff"}
    monkeypatch.setattr(space, "contents", lambda *_: dict(write.content))
    return write


def test_the_front_matter_is_the_readmes(demo):
    ours, made = metadata_load(ROOT / "README.md"), metadata_load(demo / "README.md")
    assert made == ours and made["sdk"] == "gradio" and (demo / made["app_file"]).is_file()
    assert made["python_version"] == "3.12"  # of those that ZeroGPU has, the one that the course runs with
    text = SpaceCard.load(demo / "README.md").text
    assert "autoencoder variacional" in text and "variational autoencoder" in text and "{" not in text


def test_a_static_space_needs_no_python(small):
    out = small()
    made = metadata_load(out / "README.md")
    assert made["sdk"] == "static" and (out / made["app_file"]).is_file()
    assert not {"sdk_version", "python_version"} & set(made) and HOME in (out / "README.md").read_text("utf-8")
    assert made.items() >= {"license": "mit", "title": metadata_load(ROOT / "README.md")["title"]}.items()


def test_only_what_the_demo_needs_is_there(demo):
    top = {".gitattributes", ".gitignore", "LICENSE", "README.md", "app.py", "requirements.txt", "vae_course"}
    assert {path.name for path in demo.iterdir()} - {".git"} == top | {space.WRITTEN}
    assert [name for name in names(demo) if NOT_THE_DEMOS.search(name)] == []
    assert {f"vae_course/weights/{name}/model.safetensors" for name in pretrained.names()} <= names(demo)


@pytest.fixture(scope="module")
def program(demo):
    """What app.py of the folder imports, directly or not, at once or later; only the folder is looked at."""
    finder = ModuleFinder(path=[str(demo)])
    finder.run_script(str(demo / "app.py"))
    return finder


def test_each_room_that_came_is_imported(program):
    rooms = {name.split(".")[1] for name in program.modules if name.startswith("vae_course.")}
    assert rooms | {"__init__", "configs", "weights"} == {Path(room).stem for room in space.ROOMS}


def test_it_imports_nothing_but_what_came_along_and_what_is_required(demo, program):
    lines = (demo / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = {Requirement(line).name for line in lines if not line.startswith("#")}
    missing, _ = program.any_missing_maybe()
    came = {name.split(".")[-1] for name in program.modules}  # what these compute as they are imported is missing too
    others = {name.split(".")[0] for name in missing} - sys.stdlib_module_names - came - GRADIOS
    assert {NAMES.get(name, name) for name in others} == asked | {"spaces"}  # which ZeroGPU brings


def binary(path):
    """Is it something that git, and so the Hub, can't show as text?"""
    try:
        return "\0" in path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return True


def test_git_sends_by_lfs_what_is_no_text_and_changes_nothing_else(demo):
    said = git(demo, "check-attr", "-z", "--stdin", "filter", "text", given="\0".join(names(demo))).split("\0")
    told = {(said[k], said[k + 1]): said[k + 2] for k in range(0, len(said) - 1, 3)}
    assert {told[name, "text"] for name in names(demo)} == {"unset"}
    by_lfs = {name for name in names(demo) if told[name, "filter"] == "lfs"}
    assert by_lfs == {name for name in names(demo) if binary(demo / name)}
    assert max((demo / name).stat().st_size for name in names(demo) - by_lfs) < 10e6  # the Hub's limit
    (demo / "vae_course" / "__pycache__").mkdir()
    (demo / "vae_course" / "__pycache__" / "x.pyc").touch()
    assert "__pycache__" not in git(demo, "status", "--short", "--untracked-files=all")


def test_the_list_is_one_that_sha256sum_reads(demo):
    for line in (demo / space.WRITTEN).read_text(encoding="utf-8").splitlines():
        known, name = line.split("  ")
        assert hashlib.sha256((demo / name).read_bytes()).hexdigest() == known
    assert git(demo, "rev-parse", "--is-inside-work-tree").strip() == "true"


def test_on_zerogpu_the_function_it_asks_for_is_declared_before_torch_comes_and_training_stays_on_the_cpu(demo):
    """`spaces` changes torch as it is imported; one in its place does what made trainings fail with the real one."""
    (demo.parent / "spaces.py").write_text(
        "import sys\n"
        "print('torch' in sys.modules)\n"
        "import torch\n"
        "torch.cuda.is_available = lambda: True\n"
        "GPU = lambda task: print(callable(task))\n"
    )
    path = {**os.environ, "PYTHONPATH": str(demo.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    code = "import app, torch; print(torch.cuda.is_available())"
    done = subprocess.run([sys.executable, "-c", code], cwd=demo, env=path, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True", "False"], done.stderr


def test_a_folder_that_holds_something_is_left_alone(small, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(SiteError, match=r"out is not empty and was left as it is.*--force"):
        small()
    assert names(out) == {"thesis.txt"}
    (out / "README.md").write_text("mine too")
    small(force=True)
    assert "sdk: static" in (out / "README.md").read_text("utf-8") and (out / "thesis.txt").read_text() == "mine"


def test_a_file_is_no_folder_and_an_installed_package_no_clone(small, tmp_path, monkeypatch):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(SiteError, match="is a file"):
        small(force=True)
    monkeypatch.setattr(space, "ROOT", tmp_path)
    (tmp_path / "out").unlink()
    with pytest.raises(SiteError, match=f"from a clone of {HOME}"):
        small()
    assert names(tmp_path) == set()


def test_a_folder_is_renewed_without_what_is_no_longer_a_part_of_it(small):
    out = small()
    git(out.parent, "init", "-q", str(out))
    (out / "CNAME").write_text("mine")
    (out / "app" / "2").mkdir()
    small.content.update({"app/2/shell.js": b"2", "index.html": b"<p>2"})
    del small.content["app/1/shell.js"]
    small()
    assert (out / "index.html").read_bytes() == b"<p>2" and (out / "CNAME").read_text() == "mine"
    assert not (out / "app" / "1").exists() and (out / "app" / "2" / "shell.js").is_file() and (out / ".git").is_dir()


def test_what_somebody_changed_is_told_and_replaced_only_by_force(small):
    out = small()
    (out / "README.md").write_text("my title")
    (out / "app" / "1" / "shell.js").write_text("my script")
    small.content["index.html"] = b"<p>2"
    del small.content["app/1/shell.js"]
    with pytest.raises(SiteError, match=r"README.md \(and 1 more\) is not as this command wrote it.*--force"):
        small()
    assert (out / "README.md").read_text() == "my title" and (out / "index.html").read_bytes() == b"<p>"
    small(force=True)
    assert "sdk: static" in (out / "README.md").read_text("utf-8")
    assert (out / "app" / "1" / "shell.js").read_text() == "my script"  # no longer ours, and never thrown away


def test_a_list_that_names_files_elsewhere_removes_none(small, tmp_path):
    out, mine = small(), tmp_path / "thesis.txt"
    mine.write_text("mine")
    (out / "linked").symlink_to(tmp_path)
    with (out / space.WRITTEN).open("a", encoding="utf-8") as file:
        for name in ("../thesis.txt", "linked/thesis.txt", str(mine)):
            file.write(f"{hashlib.sha256(b'mine').hexdigest()}  {name}\n")
    small()
    assert mine.read_text() == "mine"
