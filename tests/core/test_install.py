"""In one empty virtual environment: a Space, what a teacher hands out, the README's two commands (pytest -m install).

Each needs more than the one before: what the README's commands install comes last.
"""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from helpers.demo import Server, free_port
from huggingface_hub import metadata_load

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.install
OURS = ("VAE_COURSE_", "GRADIO_", "PYTHON", "VIRTUAL_ENV")
OF_TORCH = "nvidia-", "cuda-", "triton"  # what its wheels for Linux pin
PATIENCE = 1200  # seconds to download gigabytes and start


def command(last: str) -> str:
    """The README's line that ends so."""
    return next(line for line in (ROOT / "README.md").read_text().splitlines() if line.endswith(f"&& {last}"))


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """(clone, environment variables with an empty virtual environment's python first)"""
    folder = tmp_path_factory.mktemp("newcomer")
    subprocess.run(["git", "clone", "--quiet", ROOT, folder / "clone"], check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    link_what_torch_pins(folder / "venv")
    bare = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    tools = os.pathsep.join([str(folder / "venv" / "bin"), bare["PATH"]])
    as_needed = {"PIP_COMPILE": "0"}  # what is imported is compiled then
    return folder / "clone", bare | as_needed | {"PATH": tools, "GRADIO_SERVER_PORT": str(free_port())}


def link_what_torch_pins(venv):
    """Nvidia's gigabytes are the same for whoever asks for them: pip finds them there, but for another version."""
    ours = Path(sysconfig.get_path("purelib"))
    site = venv / ours.relative_to(sys.prefix)
    known = [one for one in metadata.distributions(path=[str(ours)]) if one.name.startswith(OF_TORCH)]
    with suppress(OSError):  # on another disk: pip unpacks them
        for file in (file for one in known for file in one.files or () if ".." not in file.parts):
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            os.link(ours / file, site / file)


def test_the_space_opens_with_what_it_asks_for_and_gradio(newcomer):
    """As Spaces do it, but Gradio is the newest, for what comes after; .ci/run has the version that README.md names."""
    clone, environment = newcomer
    out = clone.parent / "space"
    subprocess.run([sys.executable, "-m", "vae_course", "space", str(out), "--sdk", "gradio"], cwd=clone, check=True)
    least = metadata_load(out / "README.md")["sdk_version"]
    install = ["python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt", f"gradio>={least}"]
    subprocess.run(install, cwd=out, env=environment, check=True)
    log, calls = clone.parent / "space.log", clone.parent / "calls"
    with started("python app.py", out, environment, log) as (process, url):
        assert "<title>Taller de VAE</title>" in answered(process, url, log)
        Server(url, process.pid, log, calls, 0).open_tabs()
    assert not re.search(r"Traceback|failed", log.read_text()), log.read_text()


@pytest.fixture(scope="module")
def handout(newcomer):
    """What `course release` makes of the clone, both languages, and its requirements in the empty environment."""
    clone, environment = newcomer
    out = clone.parent / "handout"
    release = [sys.executable, "-m", "vae_course", "course", "release", str(out)]
    subprocess.run(release, cwd=clone, check=True)
    install = "python -m pip install --quiet -r requirements.txt"
    subprocess.run(["bash", "-c", install], cwd=out, env=environment, check=True)
    return out


def test_a_lesson_of_the_handout_runs_for_a_student(newcomer, handout):
    """In the other language its first cell and a check run in tests/grading/test_release.py."""
    path = handout / "lessons" / "es" / "03-sampling" / "03-sampling.ipynb"
    words = ["python", "-m", "jupyter", "execute", "--inplace", "--allow-errors", str(path)]
    run = subprocess.run(words, cwd=handout, env=newcomer[1], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-4000:]
    cells = nbformat.read(path, as_version=4).cells
    outputs = [(cell, output) for cell in cells for output in cell.get("outputs", [])]
    assert {output.ename for _, output in outputs if output.output_type == "error"} <= {"NotYet"}
    assert all(cell.id.endswith("-check") for cell, output in outputs if output.output_type == "error")
    assert any("image/png" in output.get("data", {}) for _, output in outputs)
    assert [output.text for _, output in outputs if output.get("name") == "stderr"] == []


def test_jupyter_opens_the_handout(newcomer, handout):
    port = free_port()
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=t", "--allow-root"]
    with open(handout.parent / "jupyter.log", "wb") as output:
        server = subprocess.Popen(
            ["python", "-m", "jupyter", "lab", *options], cwd=handout, env=newcomer[1], stdout=output, stderr=output
        )
    try:
        address = f"http://127.0.0.1:{port}/api/contents/lessons/es?token=t"
        assert "01-images" in answered(server, address, handout.parent / "jupyter.log")
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_the_handouts_package_installs_with_its_models(newcomer, handout):
    place = handout.parent / "elsewhere"
    install = ["python", "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(handout)]
    subprocess.run(install, cwd=handout.parent, env=newcomer[1], check=True)
    listed = ["python", "-m", "vae_course", "models"]
    inside = newcomer[1] | {"PYTHONPATH": str(place)}
    said = subprocess.run(listed, cwd=handout.parent, env=inside, capture_output=True, text=True, check=True).stdout
    assert "fashion-plus" in said and not (place / "vae_course" / "grading").exists()
    assert (place / "vae_course" / "weights" / "faces" / "model.safetensors").is_file()


def test_the_demo_starts(newcomer):
    clone, environment = newcomer
    log = clone.parent / "log"
    with started(command("python app.py"), clone, environment, log) as (process, url):
        page = answered(process, url, log)
    assert "<title>Taller de VAE</title>" in page and "published/" in page


@contextmanager
def started(line, folder, environment, log):
    """(process, address) of a demo that a line of a shell starts; it ends with the block."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            ["bash", "-c", line], cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process, f"http://127.0.0.1:{environment['GRADIO_SERVER_PORT']}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def answered(process, url, log) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(1)
    raise AssertionError(f"it did not start:\n{log.read_text()[-4000:]}")


def test_the_newest_versions_pass_too_and_leave_nothing_behind(newcomer):
    """The formulas and the presets: .ci/run begins with the whole command, with the versions of constraints.txt."""
    clone, environment = newcomer
    part = command("python -m pytest") + " tests/lessons tests/core/test_presets.py"
    run = subprocess.run(["bash", "-c", part], cwd=clone, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert re.search(r"\d+ passed", run.stdout)
    status = subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""
