"""bfloat16 where the machine is made for it, and nowhere else."""

import json

import pytest
import torch
from helpers import runs as tiny

from vae_course.runs import precision
from vae_course.runs.parallel import Team
from vae_course.runs.train import settings_of, train


@pytest.mark.parametrize(
    "able, native",
    [
        ({"architecture": "x86_64", "avx2": True, "avx512_f": True, "avx512_bf16": False, "amx_bf16": False}, False),
        ({"architecture": "x86_64", "avx2": True, "avx512_f": True, "avx512_bf16": True, "amx_bf16": False}, True),
        ({"architecture": "x86_64", "avx512_bf16": True, "amx_bf16": True}, True),
        ({"architecture": "aarch64", "neon": True, "bf16": False}, False),
        ({"architecture": "aarch64", "neon": True, "bf16": True}, True),
        ({}, False),
    ],
)
def test_a_processor_is_asked_for_instructions(monkeypatch, able, native):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    assert precision.has_bfloat16("cpu") == native
    assert precision.chosen("bfloat16", "cpu") == (torch.bfloat16 if native else torch.float32)
    assert precision.chosen("float32", "cpu") == torch.float32
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)  # nobody there to use them
    assert not precision.has_bfloat16("cpu")


def test_a_pytorch_that_can_not_tell_trains_in_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert precision.chosen("bfloat16", "cpu") == torch.float32


@pytest.mark.parametrize("native", [False, True])
def test_a_gpu_is_asked_without_what_it_emulates(monkeypatch, native):
    asked = []
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **how: asked.append(how) or native)
    assert precision.has_bfloat16("cuda:1") == native
    assert asked == [{"including_emulation": False}]


def test_several_processes_train_in_what_all_of_them_have(monkeypatch):
    preset = tiny.preset(training={"precision": "bfloat16"})
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: True)
    assert settings_of(preset, Team("cpu")).precision == torch.bfloat16
    monkeypatch.setattr(Team, "gather", lambda self, value: [value, torch.float32])
    assert settings_of(preset, Team("cpu", size=2)).precision == torch.float32


def test_a_preset_in_bfloat16_trains_in_float32_where_that_is_faster_and_says_so(tmp_path, monkeypatch, capsys):
    results = {}
    for wanted, native in [("float32", True), ("bfloat16", False), ("bfloat16", True)]:
        monkeypatch.setattr(precision, "has_bfloat16", lambda device, native=native: native)
        preset = tiny.preset(training={"precision": wanted})
        run = train(preset, tmp_path / f"{wanted}-{native}", epochs=1)
        used = json.loads(run.machine.read_text())["precision"]
        results[wanted, native] = used, torch.load(run.last)["model"], capsys.readouterr().out
    plain, emulated, own = results.values()
    assert (plain[0], emulated[0], own[0]) == ("float32", "float32", "bfloat16")
    for name, weights in plain[1].items():
        assert torch.equal(weights, emulated[1][name])
    assert not all(torch.equal(weights, own[1][name]) for name, weights in plain[1].items())
    assert emulated[2].startswith("training in float32: bfloat16 would be slower, which this machine only emulates\n")
    assert [said[2].startswith("epoch 1/1") for said in (plain, own)] == [True, True]
