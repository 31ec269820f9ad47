"""A newcomer: fresh clone, empty virtual environment, the README's two commands as they stand (pytest -m install)."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from helpers.demo import free_port

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.install
OURS = ("VAE_COURSE_", "GRADIO_", "PYTHON", "VIRTUAL_ENV")
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
    bare = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    tools = os.pathsep.join([str(folder / "venv" / "bin"), bare["PATH"]])
    return folder / "clone", bare | {"PATH": tools, "GRADIO_SERVER_PORT": str(free_port())}


def test_the_demo_starts(newcomer):
    clone, environment = newcomer
    log = clone.parent / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            ["bash", "-c", command("python app.py")],
            cwd=clone, env=environment, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        page = answered(process, f"http://127.0.0.1:{environment['GRADIO_SERVER_PORT']}", log)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
    assert "<title>Taller de VAE</title>" in page and "published/" in page


def answered(process, url, log) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(1)
    raise AssertionError(f"the demo did not start:\n{log.read_text()[-4000:]}")


def test_the_tests_are_green_without_the_real_images(newcomer):
    clone, environment = newcomer
    run = subprocess.run(
        ["bash", "-c", command("python -m pytest")], cwd=clone, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert re.search(r"\d+ passed", run.stdout)
    status = subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""
