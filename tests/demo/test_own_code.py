"""A student's own code beside the course's (python app.py --with FILE): what is found, refused, confined, compared."""

import ast
import json
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from helpers.own_code import half_solved, solved, write_notebook

from vae_course import pretrained
from vae_course.confined.sandbox import Layers
from vae_course.demo.core.choice import picked
from vae_course.demo.core.model import ordered, shipped
from vae_course.exercises import EXERCISES, LESSONS
from vae_course.networks import ConvDecoder, ConvEncoder
from vae_course.own_code import command, texts
from vae_course.own_code.bare import Bare
from vae_course.own_code.compare import compared
from vae_course.own_code.runner import Confined, Runner, missing
from vae_course.own_code.source import Unusable, read
from vae_course.own_code.trials import SHOWN, TRIALS, At
from vae_course.own_code.weights import fitted
from vae_course.text import pick

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT / "tests" / "answers"
linux = pytest.mark.skipif(sys.platform != "linux", reason="where the sandbox is")


# ------------------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solved_notebook_gives_all_its_lessons_functions(lesson, lang):
    functions = [name for one in EXERCISES.values() if one.lesson == lesson for name in one.functions]
    source = read(ROOT / "solutions" / lang / lesson / f"{lesson}.ipynb")
    assert sorted(source.found) == sorted(functions)
    assert not any("reveal(" in cell.text or "check(" in cell.text for cell in source.cells)  # no experiments run


def test_a_half_solved_notebook_gives_what_is_solved(tmp_path):
    assert read(half_solved("04-loss", "kl_divergence", tmp_path)).found == ["kl_divergence"]


def test_a_notebook_without_its_metadata_and_with_magics_is_read(tmp_path):
    cells = ["%matplotlib inline\nimport torch", "def lerp(z0, z1, t):\n    return z0"]
    file = write_notebook(tmp_path / "colab.ipynb", [{"cell_type": "code", "source": source} for source in cells])
    assert read(file).found == ["lerp"]


BAD = {
    "absent": (None, ".py", "can't be read"),
    "latin": ("# año\n".encode("latin-1"), ".py", "is not UTF-8"),
    "broken": (b"def lerp(z0, z1, t)\n    return z0\n", ".py", "no valid Python: expected ':' (line 1: `def lerp"),
    "zero": (b"x = 1\0", ".py", "can't be read as Python"),
    "cut": (b'{"cells": [', ".ipynb", "can't be read as a notebook"),
    "other": (b'{"cells": [3]}', ".ipynb", "can't be read as a notebook"),
    "list": (b"[]", ".ipynb", "can't be read as a notebook"),
    "nothing": (b"def hello():\n    return 1\n", ".py", "defines none of the exercises' functions"),
    "stub": (b"def lerp(z0, z1, t):\n    raise NotImplementedError\n", ".py", "defines none"),
}


@pytest.mark.parametrize(("content", "suffix", "said"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_use_is_told_in_a_sentence(tmp_path, content, suffix, said):
    file = tmp_path / f"mine{suffix}"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Unusable) as refused:
        read(file)
    assert said in refused.value.sentence.en and file.name in refused.value.sentence.es


# ------------------------------------------------------------------------------------------------- the command line


REFUSED = {
    "share": (["--share"], {}, "never with a link to share"),
    "shared": ([], {"GRADIO_SHARE": "True"}, "never with a link to share"),
    "space": ([], {"SPACE_ID": "somebody/vae"}, "not on a Space"),
    "open": ([], {"GRADIO_SERVER_NAME": "0.0.0.0"}, "does not open to other computers (GRADIO_SERVER_NAME=0.0.0.0)"),
    "file": ([], {"MINE": "none.py"}, "none.py can't be read: No such file or directory"),
}


@pytest.mark.parametrize(("more", "surroundings", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_ends_in_a_sentence_before_anything_heavy_is_loaded(more, surroundings, said):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GRADIO_")}
    file = surroundings.get("MINE", str(ANSWERS / "lerp" / "right_formula.py"))
    started = [sys.executable, "-X", "importtime", "app.py", "--with", file, *more]
    given = kept | surroundings | {"VAE_COURSE_LANG": "en"}
    done = subprocess.run(started, cwd=ROOT, env=given, capture_output=True, text=True, timeout=100)
    told = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert (done.returncode, done.stdout, len(told)) == (2, "", 1) and told[0].startswith("error: ") and said in told[0]
    assert "import time" in done.stderr and "torch" not in done.stderr and "gradio\n" not in done.stderr


def test_a_file_with_nothing_to_show_is_told_what_there_is_a_place_for(tmp_path, capsys, monkeypatch):
    for name in ("GRADIO_SHARE", "SPACE_ID", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "mine.py").write_text("def latent_grid(steps, limit=2.0):\n    return steps\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        command.guest(["--with", str(tmp_path / "mine.py")])
    assert ended.value.code == 2
    assert "no tiene dónde mostrar latent_grid; muestra: ConvEncoder" in capsys.readouterr().err
    assert command.guest([]) is None


def test_an_ordinary_start_imports_nothing_of_it():
    """The demo may not (test_imports.py), and app.py does only where it is given arguments."""
    start = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    given = [node for node in ast.walk(start) if isinstance(node, ast.If) and "sys.argv[1:]" in ast.unparse(node.test)]
    (inside,) = (ast.unparse(node) for node in given)
    assert "own_code" in inside and ast.unparse(start).count("own_code") == inside.count("own_code")


# ------------------------------------------------------------------------------------------------------- where it runs


@pytest.fixture(scope="module")
def confined():
    where = Confined(seconds=1.5)
    yield where
    where.end()


@pytest.fixture
def at():
    model = shipped("drawn-beta-1")
    return At(model, seed=3, picked=picked(model, 3), to=picked(model, 9), path="lerp")


def show(file, where, at, name):
    """What is shown of a function of a file."""
    (trial,) = (one for trials in TRIALS.values() for one in trials if one.name == name)
    with Runner(file, where).session() as session:
        return compared(trial, at, session)


@linux
def test_the_sandbox_is_the_graders(confined, at, tmp_path):
    assert confined.lacks == ()
    file = tmp_path / "mine.py"
    file.write_text(f"def lerp(z0, z1, t):\n    open({str(file)!r})\n    return z0\n", encoding="utf-8")
    shown = show(file, confined, at, "lerp")
    assert "PermissionError" in shown.says.en and f"(line 2: `open({str(file)!r})`)" in shown.says.en


@linux
def test_where_layers_are_missing_that_is_said(confined):
    assert missing(Layers(landlock=0, seccomp=False, namespaces=False, user=None)) == (texts.FILES, texts.CALLS)
    assert missing(Layers(landlock=1, seccomp=True, namespaces=False, user=False)) == ()
    assert Runner(Path("x"), confined).warning() is None
    warning = Runner(Path("x"), Bare()).warning()
    assert "landlock" in warning.es and "seccomp" in warning.es and "docs/security.md" in warning.en


@linux
def test_the_lessons_own_solutions_agree_everywhere(confined, at, tmp_path):
    file = write_notebook(tmp_path / "all.ipynb", [cell for one in LESSONS for cell in solved(one)])
    with Runner(file, confined).session() as session:
        trials = [trial for tab in TRIALS.values() for trial in tab if trial.fits(at)]
        results = [compared(trial, at, session) for trial in trials]
    assert len(results) == len(SHOWN) - 1  # slerp has a path of its own
    assert [(one.name, one.says.en) for one in results if not one.right] == []
    assert show(file, confined, At(at.model, picked=at.picked, to=at.to, path="slerp"), "slerp").right


WRONG = {  # answer -> what is said
    "reparameterize/wrong_variance": "They differ: the noise has mean",
    "reparameterize/wrong_no_noise": "They differ: the noise has mean 0.00 and spread 0.00, where",
    "kl_divergence/wrong_keepdim": "kl_divergence returned the shape (1, 1); (1,) is expected.",
    "interpolate_images/wrong_pixels": "They differ: by up to ",
    "vae_loss/wrong_no_beta": "They differ by up to ",
    "vae_loss/wrong_sum_batch": "They differ by up to ",
    "ConvEncoder/wrong_only_mu": "it has 10 tensors, the model 12",
    "ConvEncoder/right_chunk": "convs.0.weight has the shape (16, 3, 3, 3), the model's (16, 3, 4, 4)",
    "slerp/wrong_only_numbers": "slerp stopped with RuntimeError",
    "train_step/wrong_no_step": "They differ by up to ",
}
OTHER_RIGHT = ["reparameterize/right_box_muller", "slerp/right_numpy", "ConvEncoder/right_plain"]


@linux
@pytest.mark.parametrize(("answer", "said"), WRONG.items(), ids=WRONG)
def test_a_difference_is_told_and_both_are_shown(confined, at, answer, said):
    shown = show(ANSWERS / f"{answer}.py", confined, at, answer.partition("/")[0])
    assert not shown.right and said in shown.says.en
    if said.startswith("They differ"):
        ours, theirs = shown.pictures or map(torch.tensor, shown.numbers)
        assert ours.shape == theirs.shape and not torch.equal(ours, theirs)


@linux
@pytest.mark.parametrize("answer", OTHER_RIGHT)
def test_what_is_right_in_another_way_is_no_fault(confined, at, answer):
    assert show(ANSWERS / f"{answer}.py", confined, at, answer.partition("/")[0]).right


LOOP = """\
def lerp(z0, z1, t):
    while True:
        t = t + 0


def kl_divergence(mu, logvar):
    return mu.sum(1)
"""


@linux
def test_a_loop_costs_its_time_once_and_nothing_else(confined, at, tmp_path, monkeypatch):
    file = tmp_path / "mine.py"
    file.write_text(LOOP, encoding="utf-8")
    trials = {trial.name: trial for tab in TRIALS.values() for trial in tab}
    runner = Runner(file, confined)
    with runner.session() as session:
        told = compared(trials["lerp"], at, session).says
        other = compared(trials["kl_divergence"], at, session)
    assert "1.5 seconds" in told.en and "(line" in told.en and "is not called again until the file changes" in told.en
    assert other.numbers[1] == pytest.approx([at.picked.mu.sum().item()], rel=1e-5)
    with runner.session() as session, monkeypatch.context() as patch:
        patch.setattr(trials["lerp"].__class__, "call", None)  # nobody calls it
        assert compared(trials["lerp"], at, session).says == told
    file.write_text("def lerp(z0, z1, t):\n    return z0 + t[:, None] * (z1 - z0)\n", encoding="utf-8")
    with runner.session() as session:  # read anew
        assert compared(trials["lerp"], at, session).right


@linux
def test_a_cell_that_never_ends_leaves_the_others(confined, at, tmp_path):
    cells = [
        "import torch",
        "import time\ntime.sleep(99)",
        "def lerp(z0, z1, t):\n    return torch.lerp(z0, z1, t[:, None])",
    ]
    file = write_notebook(tmp_path / "mine.ipynb", [{"cell_type": "code", "source": source} for source in cells])
    assert show(file, confined, at, "lerp").right


@pytest.fixture
def bare():
    where = Bare(seconds=3.0)  # by the clock
    yield where
    where.end()


@pytest.mark.slow
def test_where_the_sandbox_is_not_a_process_of_its_own_ends_what_hangs(bare, at, tmp_path):
    shown = show(ANSWERS / "kl_divergence" / "right_formula.py", bare, at, "kl_divergence")
    assert shown.right, shown.says.en
    file = tmp_path / "mine.py"
    file.write_text("print('hello')\n" + LOOP, encoding="utf-8")
    assert "did not answer within 3 seconds" in show(file, bare, at, "lerp").says.en


# ------------------------------------------------------------------------------------------------------------- weights


@torch.no_grad()
def test_batch_normalisation_goes_into_the_layers_before():
    network, shape = pretrained.load("drawn-beta-1"), (3, 64, (16, 32, 40, 48), 32)
    encoder, decoder = ConvEncoder(*shape), ConvDecoder(*shape)  # without any
    for plain, whole in ((encoder, network.encoder), (decoder, network.decoder)):
        plain.load_state_dict(fitted(whole, plain.state_dict()))
    x = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(encoder(x), network.encoder(x), rtol=1e-4, atol=1e-4)
    z = network.encoder(x)[0]
    torch.testing.assert_close(decoder(z), network.decoder(z), rtol=1e-4, atol=1e-4)


def test_heads_are_known_by_their_names():
    network = pretrained.load("drawn-beta-1").encoder
    theirs = dict(ConvEncoder(3, 64, (16, 32, 40, 48), 32).state_dict())
    swapped = {key: theirs[key] for key in [*list(theirs)[:-4], *list(theirs)[-2:], *list(theirs)[-4:-2]]}
    assert torch.equal(fitted(network, swapped)["heads.logvar.weight"], network.heads.logvar.weight)
    assert torch.equal(fitted(network, theirs)["heads.mu.weight"], network.heads.mu.weight)


def test_a_layer_too_many_is_told():
    network = pretrained.load("drawn-beta-1").encoder
    theirs = dict(ConvEncoder(3, 64, (16, 32, 40, 48), 32).state_dict()) | {"more": torch.zeros(1)}
    with pytest.raises(Unusable) as refused:
        fitted(network, theirs)
    assert refused.value.sentence.en == texts.OTHER_COUNT.en.format(theirs=13, ours=12)


@pytest.mark.parametrize(("lang", "word"), [("es", "con uno que sí"), ("en", "with one that is")])
def test_the_models_that_are_recommended_fit(lang, word):
    from vae_course.own_code.guest import Guest

    networks = [trial for trial in TRIALS["reconstruct"] if trial.name in ("ConvEncoder", "ConvDecoder")]
    session = SimpleNamespace(source=SimpleNamespace(found=[trial.name for trial in networks]))
    runner = SimpleNamespace(file=Path("mine.py"), warning=lambda: None, session=lambda: nullcontext(session))
    panel, _ = Guest(runner)._shown(lang, "reconstruct", At, shipped("faces"))
    named = set(re.search(rf"{word} \((.+?)\)", panel)[1].split(", "))
    fitting = [shipped(name).title for name in ordered() if all(one.fits(At(shipped(name))) for one in networks)]
    assert named and named <= {pick(title, lang) for title in fitting}


def test_each_function_that_is_shown_has_its_words():
    assert set(texts.WHAT) == SHOWN and set(texts.TABS) == set(TRIALS)
    assert json.dumps(texts.UNFIT)
