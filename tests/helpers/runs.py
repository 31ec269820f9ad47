"""Small experiments for the tests of run folders: presets that train in a second, pictures, and commands to run."""

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from PIL import Image

from vae_course import __main__ as command_line
from vae_course import presets

ROOT = Path(__file__).parents[2]
DATA = {
    "source": "drawn",
    "count": 72,
    "input_size": [16, 12],
    "batch_size": 16,
    "validation_split": 0.25,
    "test_split": 0.25,
}
CONV = {"latent_dim": 4, "hidden_channels": [4, 6]}
DENSE = {"latent_dim": 2, "encoder_layers": [{"units": 12, "activation": "tanh"}]}
TRAINING = {"epochs": 3, "sample_every": 2}
BREEDS = {"cat": 40, "dog": 200, "fish": 120}  # grey level of each class


def sections(data=None, model=None, training=None):
    """A preset as a dict: a small convolutional VAE on drawn faces, with what is given changed."""
    return {"data": DATA | (data or {}), "model": model or CONV, "training": TRAINING | (training or {})}


def preset(data=None, model=None, training=None):
    return presets.parse(json.dumps(sections(data, model, training)))


def write_preset(path, data=None, model=None, training=None):
    path.write_text(json.dumps(sections(data, model, training)))
    return path


def stop_in_epoch_2(epochs):
    """In the place of a hook that prints: Ctrl-C at the end of the second epoch."""

    def hook(state):
        if state.epoch == 2:
            raise KeyboardInterrupt

    return hook


def make_pictures(folder, each=10, breeds=BREEDS):
    """Grey pictures in a subfolder for each breed."""
    for breed, level in breeds.items():
        (folder / breed).mkdir(parents=True)
        for k in range(each):
            picture = Image.new("L", (20, 20), level)
            picture.paste(255 - level, (k % 10, 4, k % 10 + 8, 14))
            picture.save(folder / breed / f"{k}.png")
    return folder


def environment(folder):
    """For commands that find no image sets but those they are given, and keep what they decode in `folder`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VAE_COURSE_")}
    return kept | {
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        "VAE_COURSE_CACHE": str(folder / "cache"),
        "VAE_COURSE_DATA": str(folder / "data"),
        "COLUMNS": "200",
    }


def start(*words, folder):
    """`python -m vae_course WORDS`, running in `folder`."""
    line = [sys.executable, "-m", "vae_course", *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore Ctrl-C
    try:
        return subprocess.Popen(line, cwd=folder, env=environment(folder), text=True, encoding="utf-8", **pipes)
    finally:
        signal.signal(signal.SIGINT, before)


def command(*words, folder):
    """(exit code, stdout, stderr) of `python -m vae_course WORDS`, run in `folder`."""
    with start(*words, folder=folder) as process:
        out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def command_here(*words, folder):
    """As `command`, but in this process, which has PyTorch loaded already."""
    out, err = io.StringIO(), io.StringIO()
    line = ["vae_course", *map(str, words)]
    with (
        mock.patch.object(sys, "argv", line), mock.patch.dict(os.environ, environment(folder)), chdir(folder),
        redirect_stdout(out), redirect_stderr(err),
    ):  # fmt: skip
        try:
            command_line.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
    if isinstance(code, str):  # what sys.exit would print
        return 1, out.getvalue(), f"{err.getvalue()}{code}\n"
    return code, out.getvalue(), err.getvalue()
