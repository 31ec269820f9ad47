"""Exported models give in onnxruntime what they give in PyTorch, for any number of pictures."""

import json
import subprocess
import sys

import pytest
import torch
from torch import nn

from vae_course import pretrained
from vae_course.networks import ACTIVATIONS, activation_layer
from vae_course.runs import export as exporting
from vae_course.runs.folder import RunError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", pretrained.names())
def test_every_shipped_model(name, tmp_path):
    exporting.export(name, tmp_path)
    model = pretrained.load(name)
    x = torch.rand(5, *model.image_shape, generator=torch.Generator().manual_seed(1))
    z = torch.randn(1, model.latent_dim, generator=torch.Generator().manual_seed(2))
    assert exporting.difference(tmp_path / "encoder.onnx", model.encoder, x) < 1e-5
    assert exporting.difference(tmp_path / "decoder.onnx", model.decoder, z) < 1e-5
    about = json.loads((tmp_path / "about.json").read_text(encoding="utf-8"))
    assert about == {"model": name, "image": list(model.image_shape), "latent_dim": model.latent_dim}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation, tmp_path):
    network = nn.Sequential(nn.Linear(3, 8), activation_layer(activation), nn.Linear(8, 2)).eval()
    exporting.write(tmp_path / "network.onnx", network, torch.randn(5, 3), ["x"], ["y"])


def test_another_network_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "difference", lambda path, network, example: 0.5 / 255)
    with pytest.raises(RunError, match=r"encoder.onnx would differ from PyTorch by 0.002"):
        exporting.export("fashion-2d", tmp_path)
    assert list(tmp_path.glob("*.onnx")) == []


def test_the_command(tmp_path):
    run = [sys.executable, "-m", "vae_course", "export"]
    done = subprocess.run([*run, "fashion-2d", tmp_path / "out"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.splitlines()[1].endswith("decoder.onnx"), done.stderr
    done = subprocess.run([*run, "nowhere", tmp_path / "no"], capture_output=True, text=True)
    assert done.returncode == 1 and "neither a run folder nor a shipped model" in done.stderr
    assert not (tmp_path / "no").exists()


def test_without_onnx_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(RunError, match="onnx is missing"):
        exporting.export("fashion-2d", tmp_path / "out")
