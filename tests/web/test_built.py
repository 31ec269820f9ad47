"""What is built of the engine, and committed, is what its sources make, byte for byte, with the pinned tools."""

import gzip
import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "vae_course" / "web" / "engine"
TOOLS = ROOT / "node_modules" / ".bin"
PACKAGE = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
BUILT = ("client.min.js", "kernel.wasm", "kernel-relaxed.wasm", "worker.min.js")
LARGEST = 12_000  # bytes, gzip


def test_what_travels_is_small():
    assert sum(len(gzip.compress((ENGINE / name).read_bytes(), mtime=0)) for name in BUILT) <= LARGEST


@pytest.mark.skipif(not (TOOLS / "asc").exists(), reason="needs npm install")
def test_the_kernel_and_the_bundles_are_what_their_sources_make(tmp_path):
    place = tmp_path / ENGINE.relative_to(ROOT)
    shutil.copytree(ENGINE, place)
    for name in BUILT:
        (place / name).unlink()
    for script in ("kernel", "bundle"):
        for command in PACKAGE["scripts"][script].split("&&"):
            tool, *words = shlex.split(command)
            subprocess.run([TOOLS / tool, *words], cwd=tmp_path, check=True)
    for name in BUILT:
        assert (place / name).read_bytes() == (ENGINE / name).read_bytes(), f"{name} is old: npm run build"
