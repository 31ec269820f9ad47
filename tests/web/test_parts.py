"""The files that a browser fetches of a model."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load

from vae_course import presets, pretrained
from vae_course.flow import unwhiten
from vae_course.presets import Preset
from vae_course.vae import build
from vae_course.web import parts


def metadata(content: bytes, folder) -> dict[str, str]:
    (folder / "file").write_bytes(content)
    with safe_open(folder / "file", "pt") as file:
        return file.metadata()


@pytest.mark.parametrize("name", ["faces", "fashion-2d"])
def test_both_halves_are_the_whole_as_it_is_stored_and_each_lacks_the_other(name):
    halves = {part: load(parts.cut(name, part)) for part in ("decoder", "encoder")}
    for part, tensors in halves.items():
        assert tensors and all(key.startswith(f"{part}.") for key in tensors)
    together, stored = halves["decoder"] | halves["encoder"], pretrained.stored(name)
    assert set(stored) - set(together) == {key for key in stored if key.endswith("num_batches_tracked")}
    for key, tensor in together.items():
        assert tensor.dtype == torch.float16 and torch.equal(tensor, stored[key])
    assert len(parts.cut(name, "decoder")) < 0.6 * (pretrained.WEIGHTS / name / "model.safetensors").stat().st_size


@pytest.mark.parametrize("name", pretrained.names())
def test_a_half_says_by_which_preset_it_is_built(name, tmp_path):
    about = json.loads(metadata(parts.cut(name, "decoder"), tmp_path)["preset"])
    preset = presets.parse(json.dumps(about))
    assert preset == Preset(data=preset.data, model=pretrained.preset(name).model)
    missing, others = build(preset).load_state_dict(load(parts.cut(name, "decoder")), strict=False)
    assert not others and all(key.startswith("encoder.") or key.endswith("num_batches_tracked") for key in missing)


@pytest.mark.parametrize("name", ["faces", "fashion-2d"])
def test_the_gaussians_factor_makes_its_covariance(name):
    tensors, (mean, covariance) = load(parts.cut(name, "gaussian")), pretrained.gaussian(name)
    factor = tensors["factor"]
    assert torch.equal(tensors["mean"], mean)
    assert (factor @ factor.T - covariance).abs().max() < 1e-6 * covariance.abs().max()


def test_the_same_model_gives_the_same_bytes():
    assert parts.cut("fashion", "decoder") == parts.cut("fashion", "decoder")


def test_a_version_changes_with_the_model(monkeypatch):
    before, card = {part: parts.version("fashion", part) for part in parts.PARTS}, pretrained.card("fashion")
    retrained = card | {"sha256": card["sha256"] | {"model.safetensors": "0" * 64}}
    monkeypatch.setattr(pretrained, "card", lambda name: retrained)
    assert [part for part in parts.PARTS if parts.version("fashion", part) != before[part]] == ["decoder", "encoder"]


@pytest.mark.parametrize("name", ["fashion-2d", "fashion-latent-8"])
def test_a_flow_is_as_it_is_stored_and_its_root_unwhitens(name):
    tensors, flow, stored = load(parts.cut(name, "flow")), pretrained.flow(name), pretrained.extras(name)
    for key, tensor in tensors.items():
        if key.startswith("velocity."):
            kept = stored[key.replace("velocity", "flow")]
            assert tensor.dtype == torch.float16 and torch.equal(tensor, kept)
    x = torch.randn(5, len(flow.mean))
    assert (tensors["mean"] + x @ tensors["root"] - unwhiten(x, flow.mean, flow.covariance)).abs().max() < 1e-5
    assert (tensors["root"] @ tensors["root"] - flow.covariance).abs().max() < 1e-5 * flow.covariance.abs().max()


def test_a_model_without_a_learnt_prior_has_no_such_part():
    assert parts.of("faces") == ("decoder", "encoder", "gaussian") and parts.of("fashion-2d") == parts.PARTS
    with pytest.raises(LookupError, match="no learnt prior ships with faces"):
        parts.cut("faces", "flow")


def test_a_model_that_does_not_ship_is_told():
    with pytest.raises(pretrained.UnknownModel, match="there are"):
        parts.cut("../faces", "decoder")
