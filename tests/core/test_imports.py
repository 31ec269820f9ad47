"""Who may import whom inside vae_course: the table of the design."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vae_course"
LESSONS = ["images", "networks", "sampling", "loss", "training", "latent_space", "beta", "evaluation", "faces", "flow"]
BELOW_RUNS = {"text", *LESSONS, "figures", "presets", "vae", "data", "pretrained"}
BELOW_ALL = ("files", "numbers")  # what any module may import
ALLOWED = {
    "text": set(),
    "meanings": {"text"},
    "faults": {"meanings", "text"},
    "kinds": {"text"},
    "sentences": {"text"},
    "files": set(),
    "numbers": {"text"},
    **{lesson: set(LESSONS[:number]) for number, lesson in enumerate(LESSONS)},
    "figures": {"text"},
    "presets": set(),
    "vae": {"networks", "sampling", "presets"},
    "data": {"images", "presets", "text"},  # text: the names of Fashion-MNIST's classes are in both languages
    "augmentation": set(),
    "history": {"training"},
    "fit": {"images", "training", "history", "augmentation"},
    "pretrained": {"vae", "presets", "history", "flow"},
    "runs": BELOW_RUNS | {"fit", "history", "augmentation"},
    "exercises": set(),
    "cells": set(),
    "predictions": {"text", "exercises"},
    "notebook": {
        "text",
        "exercises",
        "cells",
        "predictions",
        "faults",
        "kinds",
        "sentences",
        *LESSONS,
        "figures",
        "vae",
        "data",
        "pretrained",
    },
    "assemble": {"notebook"},  # where notebooks that were handed out look for it
    "pages": set(),
    "confined": {"text", "exercises", "cells", "faults", "kinds"},
    "grading": {"text", "exercises", "cells", "faults", "sentences", "pages", "confined"},
    "course": {"text", "exercises", "predictions", "pages"},
    "web": {"faces", "flow", "presets", "pretrained"},
    "demo": BELOW_RUNS | {"runs", "web"},
    "own_code": {"text", "exercises", "cells", "faults", *LESSONS, "demo", "confined"},
    "site": BELOW_RUNS | {"web", "demo"},
}


def sources():
    """Dotted name inside the package ("" for its __init__, "demo" for demo/__init__) and path of each source file."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


MODULES = dict(sources())


def exists(name):
    return name in MODULES


def imports(name, source):
    """(dotted name, inside a function?) of all that a module imports; vae_course's own start with "vae_course"."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    lazy = {inner for function in functions for inner in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = ["vae_course", *name.split(".")] if name else ["vae_course"]
                is_package = name in MODULES and MODULES[name].name == "__init__.py"
                package = package[: len(package) - (node.level - (1 if is_package else 0))]
                base = ".".join([*package, *([base] if base else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                inside = full.removeprefix("vae_course.")
                yield (full if full.startswith("vae_course.") and exists(inside) else base), node in lazy


def unit(name):
    return name.split(".")[0]


def complaints(name, source):
    """What the module imports and may not."""
    mine = unit(name)
    for imported, _ in imports(name, source):
        top = imported.split(".")[0]
        if top != "vae_course":
            owner = {"matplotlib": "figures", "gradio": "demo"}.get(top, mine)
            if mine != owner and mine != "__main__":
                yield f"{name} imports {imported}"
            continue
        inside = imported.removeprefix("vae_course").removeprefix(".")
        if mine == "__main__" or (mine and unit(inside) in (mine, *BELOW_ALL)):
            continue
        if not ({inside, unit(inside)} & ALLOWED.get(mine, set())):
            yield f"{name} imports {imported}"


@pytest.mark.parametrize("name", MODULES, ids=lambda name: name or "vae_course")
def test_modules_import_only_what_the_table_allows(name):
    assert list(complaints(name, MODULES[name].read_text(encoding="utf-8"))) == []


FLOORS = {"core": 0, "ui": 1, "tabs": 2}  # of the demo: what a floor may look down on; the modules above see all


def place(name):
    """Of a module of the demo: its floor, and which tab it belongs to; 3 for page, serve, api, ..."""
    _, *parts = name.split(".")
    return FLOORS.get(parts[0] if parts else "", 3), parts[1] if parts[:1] == ["tabs"] and len(parts) > 1 else None


def looks_up(name, source):
    """What a module of the demo imports from a floor above its own, or from another tab."""
    floor, tab = place(name)
    for imported, _ in imports(name, source):
        inside = imported.removeprefix("vae_course.")
        if not inside.startswith("demo.") or floor == 3:
            continue
        other, others_tab = place(inside)
        if other > floor or (tab and others_tab and tab != others_tab):
            yield f"{name} imports {imported}"


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("demo.")])
def test_no_floor_of_the_demo_looks_up_and_no_tab_at_another(name):
    assert list(looks_up(name, MODULES[name].read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("name", "source", "forbidden"),
    [
        ("demo.core.model", "from ..ui import parts", True),
        ("demo.core.model", "from . import store", False),
        ("demo.ui.parts", "from ..core.model import Model", False),
        ("demo.ui.parts", "from ..tabs.mix import compute", True),
        ("demo.tabs.mix.tab", "from ...ui import parts\nfrom . import texts\nfrom ...core import events", False),
        ("demo.tabs.mix.tab", "from ..train import texts", True),
        ("demo.tabs.mix.tab", "from ... import page", True),
        ("demo.page", "from .tabs.train import bench", False),
    ],
)
def test_the_rule_of_the_floors(name, source, forbidden):
    assert bool(list(looks_up(name, source))) == forbidden


def test_every_room_stands_in_the_table_of_the_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition("## Who may import whom")[2].partition("## ")[0]
    assert [room for room in ALLOWED if room not in LESSONS and room != "assemble" and f"`{room}`" not in table] == []


def test_every_module_is_in_the_table():
    assert {unit(name) for name in MODULES} <= {"", "__main__", *ALLOWED}


def test_importing_the_package_imports_nothing():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom, ast.Call))]


@pytest.mark.parametrize(
    ("name", "source", "forbidden"),
    [
        ("loss", "from .training import train_step", True),
        ("loss", "from . import training", True),
        ("loss", "from .images import center_crop", False),
        ("loss", "import vae_course.training", True),
        ("flow", "from .faces import gaussian_factor", False),
        ("faces", "from .flow import path", True),
        ("loss", "from vae_course.files import replacing", False),
        ("loss", "from .numbers import whole", False),
        ("numbers", "from .text import Both", False),
        ("numbers", "from .data import ImageSet", True),
        ("figures.style", "from ..files import replacing", False),
        ("loss", "from vae_course import vae as v", True),
        ("loss", "def f():\n    from .vae import VAE", True),
        ("loss", "def f():\n    import matplotlib.pyplot as plt", True),
        ("figures", "from matplotlib.figure import Figure", False),
        ("figures", "from ..data import ImageSet", True),
        ("training", "from .fit import State", True),
        ("fit", "from .training import train_step", False),
        ("fit", "from .vae import VAE", True),
        ("runs.train", "import matplotlib", True),
        ("runs.train", "import gradio", True),
        ("runs.train", "from ..fit import fit\nfrom . import hooks", False),
        ("runs.train", "from ..demo import page", True),
        ("__main__", "def f():\n    from .demo import page", False),
        ("pretrained", "from . import presets", False),
        ("pretrained", "from . import data", True),
        ("demo.page", "import gradio as gr\nfrom ..runs.measure import judge\nfrom .. import text", False),
        ("demo.page", "def f():\n    from ..grading import referee", True),
        ("demo.page", "def f():\n    from ..own_code import guest", True),
        ("own_code.guest", "from ..demo.ui import parts\nfrom ..confined.student import Gone", False),
        ("own_code.guest", "import gradio", True),
        ("own_code.guest", "from ..course import page", True),
        ("data.pictures", "from ..images import center_crop\nfrom . import drawn", False),
        ("data.pictures", "from ..vae import VAE", True),
        ("course.build", "from ..text import Both", False),
        ("course.build", "from ..images import center_crop", True),
        ("notebook.reader", "from ..exercises import EXERCISES", False),
        ("notebook.reader", "def f():\n    from ..grading import score", True),
        ("notebook.visible.loss", "from ...text import Both", False),
        ("web.parts", "from .. import pretrained\nfrom ..faces import gaussian_factor", False),
        ("web.parts", "from ..demo import page", True),
        ("exercises", "from .text import Both", True),
        ("grading.referee", "from vae_course.loss import kl_divergence", True),
        ("", "from .text import Both", True),
    ],
)
def test_the_rule_itself(name, source, forbidden):
    assert bool(list(complaints(name, source))) == forbidden


def test_hidden_checks_import_nothing_of_the_course():
    for path in sorted((ROOT / "tests" / "hidden").rglob("*.py")):
        found = [imported for imported, _ in imports("tests", path.read_text(encoding="utf-8"))]
        assert not [imported for imported in found if imported.split(".")[0] == "vae_course"], path


@pytest.mark.parametrize("name", [*LESSONS, "vae", "text", "numbers", "files", "presets", "fit", "runs"])
def test_lessons_load_nothing_heavy_before_it_is_needed(name):
    loaded = {imported.split(".")[0] for imported, lazy in imports(name, MODULES[name].read_text("utf-8")) if not lazy}
    assert loaded - sys.stdlib_module_names <= {"vae_course", "numpy", "pydantic", "torch", "tqdm"}
