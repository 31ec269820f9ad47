"""Windows and macOS, as far as Linux can tell: modules and calls that they lack, their devices, their command lines."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from vae_course import presets
from vae_course.grading import __main__ as grading
from vae_course.runs import parallel
from vae_course.runs.folder import RunError
from vae_course.runs.optimizers import make_optimizer
from vae_course.training import evaluate, train_step
from vae_course.vae import build

ROOT = Path(__file__).parents[2]
# what grades and confines, on Linux alone; of it, other systems need what these import
LINUX = ("vae_course.grading", *(f"vae_course.confined.{name}" for name in ("process", "sandbox", "watch", "zygote")))
ELSEWHERE = ("vae_course.grading.__main__", "vae_course.grading.checks", "vae_course.grading.gradebook")

# As on Windows: what others need of the standard library is imported first, then taken away.
WINDOWS = """
import importlib, os, pkgutil, signal, socket, sys, warnings
warnings.simplefilter("error")
import gradio, jupytext, matplotlib.pyplot, nbgrader.apps, nbgrader.api, nbgrader.converters, pytest, sklearn.manifold
import torch, torchvision, torch.utils.tensorboard
class Missing:
    names = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
for name in Missing.names:
    sys.modules.pop(name, None)
for name in "fork forkpty geteuid getuid killpg setpriority setsid sysconf uname wait4 waitid WNOHANG".split():
    delattr(os, name)
for name in "SIGALRM SIGCHLD SIGHUP SIGKILL SIGUSR1 alarm pthread_kill setitimer".split():
    delattr(signal, name)
del socket.AF_UNIX
sys.platform = "win32"
"""


def on_windows(code, *arguments):
    words = [sys.executable, "-c", WINDOWS + code, *arguments]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow
def test_all_but_the_grading_imports_on_windows():
    code = f"""
import vae_course
found = [one.name for one in pkgutil.walk_packages(vae_course.__path__, "vae_course.")]
for name in found:
    if not name.startswith({LINUX!r}) or name in {ELSEWHERE!r}:
        importlib.import_module(name)
print(len(found))
from vae_course.notebook import check, start
def sample_prior(n, latent_dim, generator=None):
    return torch.randn(n, latent_dim, generator=generator)
start("en")
check("sample_prior")
"""
    done = on_windows(code)
    assert done.returncode == 0, done.stderr
    count, checked = done.stdout.splitlines()
    assert int(count) > 100 and checked.startswith("✓ sample_prior")


@pytest.mark.parametrize(
    "code", ["import resource", "os.fork", "os.getuid()", "signal.SIGKILL", "socket.AF_UNIX", "import fcntl"]
)
def test_what_windows_lacks_would_be_noticed(code):
    slim = "\n".join(line for line in WINDOWS.splitlines() if not line.startswith(("import gradio", "import torch")))
    done = subprocess.run([sys.executable, "-c", f"{slim}\n{code}"], capture_output=True, text=True)
    assert done.returncode == 1 and re.search("ModuleNotFoundError|AttributeError", done.stderr)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_the_grading_command_says_where_it_works(platform, monkeypatch, capsys, tmp_path):
    answer = tmp_path / "answer.py"
    answer.write_text("")
    monkeypatch.setattr(sys, "platform", platform)
    assert grading.main(["score", "--exercise", "lerp", "--file", str(answer)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: answers are graded on Linux") and said.err.count("\n") == 1


# -------------------------------------------------------------------------------------------------------- the device


@pytest.mark.parametrize(
    ("cuda", "mps", "asked", "chosen"),
    [
        (True, True, None, "cuda"),
        (False, True, None, "mps"),
        (False, False, None, "cpu"),
        (True, True, "mps", "mps"),
        (True, True, "cpu", "cpu"),
        (False, True, "cuda", None),
        (True, False, "mps", None),
    ],
)
def test_the_device(cuda, mps, asked, chosen, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch, "set_float32_matmul_precision", lambda precision: None)
    if chosen is None:
        with pytest.raises(RunError, match=f"--device {asked}: "):
            parallel.choose_device(asked)
    else:
        assert parallel.choose_device(asked) == chosen


class Kinds(TorchDispatchMode):
    """Notes the kinds of numbers that operations make."""

    def __init__(self):
        super().__init__()
        self.made = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        parts = result if isinstance(result, (tuple, list)) else (result,)
        self.made |= {part.dtype for part in parts if isinstance(part, torch.Tensor)}
        return result


@pytest.mark.parametrize("name", ["drawn", "faces", "fashion"])
def test_a_training_needs_no_float64_which_apples_graphics_lack(name):
    preset = presets.load(name)
    model = build(preset, torch.Generator().manual_seed(0))
    x = torch.rand(2, *model.image_shape)
    optimizer = make_optimizer(model, preset.training)
    with Kinds() as kinds:
        train_step(model, x, optimizer, kind=preset.training.loss, gradient_clip=1.0)
        evaluate(model, [x], kind=preset.training.loss)
    assert torch.float32 in kinds.made and torch.float64 not in kinds.made


# ------------------------------------------------------------------------------------------------------ command lines

SHELL_ISMS = re.compile(r"^\s*[A-Z_]+=\S+ |^export |\$\(|\$[A-Z{]|\| |;|`|\\$|^source |^\./|'", re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_documented_commands_run_in_every_shell(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"\s*#.*", "", line) for block in blocks for line in block.splitlines()]
    assert [line for line in lines if SHELL_ISMS.search(line)] == []
