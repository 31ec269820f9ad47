"""The site as a class gets it: written once by its command, and read or served from below a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder that the command writes, two folders below what is served."""
    out = tmp_path_factory.mktemp("served") / "a class" / "explorer"
    subprocess.run([sys.executable, "-m", "vae_course", "site", out], cwd=ROOT, check=True, capture_output=True)
    return out
