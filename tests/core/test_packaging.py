"""What an installation brings: each room imports only what its extra declares; requirements and constraints agree."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from glob import glob
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vae_course"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
MODULES = {"pillow": ["PIL"], "scikit-learn": ["sklearn"]}  # where a package's module has another name
BROUGHT = {  # with a package, as its own interface
    "gradio": ["starlette", "fastapi", "uvicorn", "jinja2", "markupsafe", "brotli", "httpx", "huggingface_hub"],
    "nbgrader": [
        "nbformat", "nbconvert", "mistune", "nbclient", "traitlets", "jupyter_client", "jinja2", "markupsafe",
        "pygments", "sqlalchemy",
    ],
}  # fmt: skip
OPTIONAL = {"IPython", "onnx", "onnxruntime"}  # in a notebook, which has it; the extra export, which `export` asks for
COLAB = {  # what it brought in early 2026: these were tried (docs/places.md), and the first cell must not replace them
    "torch": "2.9.0", "torchvision": "0.24.0", "numpy": "2.0.2", "matplotlib": "3.10.0", "safetensors": "0.7.0",
    "pillow": "11.3.0", "scikit-learn": "1.6.1", "tensorboard": "2.19.0", "tqdm": "4.67.1", "pydantic": "2.12.3",
    "typer": "0.20.0",
}  # fmt: skip
ROOMS = {
    "demo": ["demo"],
    "own_code": ["demo"],
    "site": ["demo"],
    "grading": ["grading"],
    "course": ["course"],
    "pages": ["course"],
}  # room -> its extras


def requirements(lines):
    return {Requirement(line).name: Requirement(line) for line in lines if line and not line.startswith("#")}


def lines(name):
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def modules(extras):
    names = requirements([*PROJECT["project"]["dependencies"], *(line for extra in extras for line in EXTRAS[extra])])
    return {module for name in names for module in [*MODULES.get(name, [name]), *BROUGHT.get(name, [])]}


def imported(path):
    """Top-level names of what a file imports from outside the package and the standard library."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
        for name in names:
            if (top := name.split(".")[0]) not in sys.stdlib_module_names and top != "vae_course":
                yield top


def room_of(path):
    """The room with extras that a file is in, "" for all others."""
    first = path.relative_to(PACKAGE).parts[0]
    return first if first in ROOMS else ""


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_a_room_imports_only_what_its_extras_bring(room):
    allowed = modules(ROOMS.get(room, [])) | OPTIONAL
    files = [path for path in PACKAGE.rglob("*.py") if room_of(path) == room]
    assert files and [(path.name, name) for path in files for name in imported(path) if name not in allowed] == []


def test_requirements_are_the_dependencies_with_four_extras():
    extras = ("demo", "course", "grading", "test")
    declared = [*PROJECT["project"]["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    assert requirements(lines("requirements.txt")) == requirements(declared)


def test_a_notebooks_first_cell_replaces_nothing_that_colab_brings():
    asked = requirements(PROJECT["project"]["dependencies"])
    assert set(asked) == {*COLAB, "filelock"}  # which PyTorch brings along, in one version or another
    assert [name for name, version in COLAB.items() if not asked[name].specifier.contains(version)] == []


def test_constraints_hold_one_version_of_all_that_is_asked_for():
    tried = {re.sub(r"[-_.]+", "-", name.lower()): one for name, one in requirements(lines("constraints.txt")).items()}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines("constraints.txt") if not line.startswith("#"))
    for name, asked in requirements([*lines("requirements.txt"), *EXTRAS["dev"]]).items():
        (pin,) = tried[name].specifier
        assert asked.specifier.contains(Version(pin.version)), name


def test_what_is_not_python_is_packed_too():
    known = subprocess.run(
        ["git", "ls-files", "vae_course"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["vae_course"]
    packed = {f"vae_course/{name}" for pattern in patterns for name in glob(pattern, root_dir=PACKAGE, recursive=True)}
    others = {name for name in known.splitlines() if not name.endswith(".py") and (ROOT / name).is_file()}
    assert others and sorted(others - packed) == []


def test_the_lint_of_scripts_is_pinned():
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
