"""The engine in a real browser, with WebAssembly and without, against PyTorch: all that ships, and random presets."""

import itertools
import json
import math
import zlib

import numpy as np
import pytest
import torch
from helpers import presets as random_presets
from helpers.browser import in_a_browser
from helpers.engine import engine as opened
from PIL import Image

from vae_course import presets, pretrained
from vae_course.demo.ui.pictures import to_bytes
from vae_course.faces import draw_gaussian
from vae_course.flow import Flow, VelocityField, integrate, unwhiten
from vae_course.networks import ACTIVATIONS
from vae_course.sampling import reparameterize
from vae_course.web import parts

pytestmark = in_a_browser
KINDS = ("relaxed", "simd", "plain")
CLOSE = 0.001 / 255  # pixels in [0, 1]; 1 / 255 is what is promised
SAME = 2e-5  # codes, as a share of the largest
DTYPES = (torch.float32, torch.float16, torch.bfloat16)
THERE_AND_BACK = """
  const decoder = await model.Decoder.of(await model.fetched(`${name}/decoder.safetensors`), kind);
  const encoder = await model.Encoder.of(await model.fetched(`${name}/encoder.safetensors`), kind);
  const kinds = [decoder.machine.kind, encoder.machine.kind];
  return {kinds, pictures: decoder.decode(z), ...encoder.encode(x)};
"""


@pytest.fixture(scope="module")
def engine(chromium, tmp_path_factory):
    with opened(chromium, tmp_path_factory.mktemp("site") / "site") as running:
        yield running


def compare(engine, name, network, kind, count):
    """Engine against PyTorch: the largest difference of pictures, and of codes as a share of the largest code."""
    z, x, pictures, codes = computed(network, count)
    got = engine.run(THERE_AND_BACK, name=name, kind=kind, z=z, x=x.permute(0, 2, 3, 1))
    channels, height, width = network.image_shape
    assert got["kinds"] == [kind, kind]
    shown = got["pictures"].view(count, height, width, channels).permute(0, 3, 1, 2)
    return apart((shown, got["mu"].view_as(z), got["logvar"].view_as(z)), (pictures, *codes))


@torch.no_grad()
def computed(network, count):
    """Codes and pictures, and what the network makes of them."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(count, network.latent_dim, generator=generator)
    x = torch.rand(count, *network.image_shape, generator=generator)
    return z, x, network.decode(z), network.encode(x)


def apart(these, those):
    pictures, *codes = ((one - other).abs().max() for one, other in zip(these, those, strict=True))
    return pictures.item(), max(code / (1 + other.abs().max()) for code, other in zip(codes, those[1:], strict=True))


@pytest.mark.parametrize("name", pretrained.names())
def test_every_shipped_model_agrees_with_pytorch(engine, name):
    for part in ("decoder", "encoder"):
        engine.put(f"{name}/{part}.safetensors", parts.cut(name, part))
    network = pretrained.load(name)
    for kind in KINDS:
        pictures, codes = compare(engine, name, network, kind, count=2)
        assert pictures < CLOSE and codes < SAME


@pytest.mark.parametrize("seed", range(30))
def test_every_network_that_a_preset_allows_agrees_with_pytorch(engine, seed):
    preset, dtype = random_presets.of(seed), DTYPES[seed % len(DTYPES)]
    network = random_presets.network(preset, seed, dtype)
    tensors = {key: tensor.to(dtype) for key, tensor in network.state_dict().items() if tensor.is_floating_point()}
    for part in ("decoder", "encoder"):
        engine.put(f"random-{seed}/{part}.safetensors", parts.half(tensors, preset, part))
    for kind in KINDS:
        pictures, codes = compare(engine, f"random-{seed}", network, kind, count=3)
        assert pictures < CLOSE and codes < SAME


def test_the_random_presets_are_of_every_kind():
    drawn = [random_presets.of(seed).model for seed in range(30)]
    convolutional = [model for model in drawn if not model.dense]
    assert {model.activation for model in convolutional} == set(ACTIVATIONS)
    assert {layer.activation for model in drawn if model.dense for layer in model.encoder_layers} == set(ACTIVATIONS)
    kinds = {(model.norm, model.upsample) for model in convolutional}
    assert kinds == set(itertools.product(random_presets.NORMS, random_presets.UPSAMPLES))
    assert {model.residual_blocks for model in convolutional} == {0, 1, 2}
    assert {(model.upsample, model.linear_path) for model in convolutional} == set(
        itertools.product(random_presets.UPSAMPLES, (False, True))
    )
    assert max(max(model.hidden_channels) for model in convolutional if model.norm == "group") > 4 * 16  # full groups


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sigmoid", "silu"])
def test_what_the_kernel_computes_by_a_series_has_six_digits_wherever_float32_has_them(engine, kind, name):
    """From -80 to 80, where sigmoid(-80) = 1.8e-35; beyond, its limits; and what is no number stays none."""
    x = torch.cat([torch.linspace(-80, 80, 100_001), torch.tensor([-1e4, -200.0, 200.0, 1e4, 0.0, math.nan])])
    script = """
      const one = await modules.machine.createMachine(kind), place = one.put(x), next = one.put([7]);
      one[name](place, x.length);
      return {kind: one.kind, y: one.floats.slice(place, place + x.length), after: one.floats[next]};
    """
    got = engine.run(script, kind=kind, name=name, x=x)
    wanted = getattr(torch.nn.functional, name)(x.double())
    assert got["kind"] == kind and got["after"] == 7
    assert ((got["y"] - wanted).abs() <= 1e-6 * wanted.abs() + 1e-33)[:-1].all()
    assert got["y"][-1].isnan()


@pytest.mark.parametrize("seed", [0, 7, 123456789, 2**32 + 5, 2**63 - 1])
def test_randn_is_torchs(engine, seed):
    """One generator for all: small draws leave half a pair behind, which larger ones do not take."""
    sizes = [1, 2, 3, 15, 16, 1, 17, 24, 31, 32, 7, 128, 1000]
    generator = torch.Generator().manual_seed(seed)
    script = "const generator = new random.Generator(BigInt(seed)); return sizes.map((n) => generator.randn(n))"
    drawn = engine.run(script, seed=str(seed), sizes=sizes)
    for n, got in zip(sizes, drawn, strict=True):
        assert (got - torch.randn(n, generator=generator)).abs().max() < 5e-6, n


@pytest.mark.parametrize("name", ["fashion-2d", "fashion-latent-8", "drawn", "faces"])
@pytest.mark.parametrize("temperature", [1.0, 0.35])
def test_draws_from_the_fitted_gaussian_are_pythons(engine, name, temperature):
    engine.put(f"{name}/gaussian.safetensors", parts.cut(name, "gaussian"))
    mean, covariance = pretrained.gaussian(name)
    wanted = draw_gaussian(mean, temperature**2 * covariance, 5, torch.Generator().manual_seed(11))
    script = """
      const tensors = await model.fetched(`${name}/gaussian.safetensors`);
      const mean = tensors.get('mean', [size]), factor = tensors.get('factor', [size, size]);
      return sampling.drawGaussian(mean, factor, 5, new random.Generator(11), temperature);
    """
    got = engine.run(script, name=name, size=len(mean), temperature=temperature)
    assert (got.view_as(wanted) - wanted).abs().max() < 2e-5 * wanted.abs().max()


FLOWS = [name for name in pretrained.names() if pretrained.flow(name)]


@pytest.mark.parametrize("name", FLOWS)
@torch.no_grad()
def test_draws_from_the_learnt_prior_are_pythons_and_so_are_their_pictures(engine, name):
    for part in ("flow", "decoder"):
        engine.put(f"{name}/{part}.safetensors", parts.cut(name, part))
    flow, network, n = pretrained.flow(name), pretrained.load(name), 6
    codes = flow.draw(n, torch.Generator().manual_seed(11))
    wanted = network.decode(codes)
    script = """
      const prior = await flow.Flow.of(await model.fetched(`${name}/flow.safetensors`), kind);
      const decoder = await model.Decoder.of(await model.fetched(`${name}/decoder.safetensors`), kind);
      const codes = prior.codes(new random.Generator(11).randn(n * prior.latentDim));
      return {kind: prior.machine.kind, codes, pictures: decoder.decode(codes)};
    """
    for kind in KINDS:
        got = engine.run(script, name=name, kind=kind, n=n)
        assert got["kind"] == kind
        assert (got["codes"].view_as(codes) - codes).abs().max() < 1e-4
        channels, height, width = network.image_shape
        pictures = got["pictures"].view(n, height, width, channels).permute(0, 3, 1, 2)
        assert (pictures - wanted).abs().max() < 1 / 255


@pytest.mark.parametrize("steps", [1, 7])
@torch.no_grad()
def test_the_way_of_noise_is_pythons_for_any_network_of_its_kind(engine, steps):
    """Three dimensions, a width that no register fits, weights that are not shipped ones."""
    torch.manual_seed(3)
    velocity = VelocityField(3, width=13, depth=2).eval()
    velocity.load_state_dict(
        {key: tensor.half() for key, tensor in velocity.state_dict().items()}
    )  # as the file has them
    mean, covariance, x0 = torch.randn(3), torch.cov(torch.randn(3, 9)), torch.randn(4, 3)
    file = engine.put(f"way-{steps}.safetensors", parts.flow(Flow(velocity, mean, covariance)))
    wanted = unwhiten(integrate(velocity, x0, steps).flatten(0, 1), mean, covariance)
    script = "return (await flow.Flow.of(await model.fetched(file))).way(x0, steps)"
    got = engine.run(script, file=file, x0=x0, steps=steps)
    assert (got.view_as(wanted) - wanted).abs().max() < 1e-5 * wanted.abs().max()


def test_reparameterize_is_pythons(engine):
    mu, logvar = torch.randn(3, 8), torch.randn(3, 8)
    wanted = reparameterize(mu, logvar, torch.Generator().manual_seed(2))
    got = engine.run("return sampling.reparameterize(mu, logvar, new random.Generator(2))", mu=mu, logvar=logvar)
    assert (got.view_as(wanted) - wanted).abs().max() < 1e-5


def test_pictures_are_rounded_as_the_demo_rounds_them(engine):
    for channels in (1, 3):
        x = torch.rand(channels, 5, 6)
        wanted = torch.from_numpy(to_bytes(x)).view(5, 6, -1).expand(5, 6, 3)
        script = "return [...pictures.toPixels(x, [5, 6, channels])]"
        got = torch.tensor(engine.run(script, x=x.permute(1, 2, 0), channels=channels)).view(5, 6, 4)
        assert torch.equal(got[..., :3], wanted.long()) and (got[..., 3] == 255).all()


def test_a_canvas_becomes_what_pillow_makes_of_it(engine):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 4), dtype=np.uint8)
    image = Image.fromarray(pixels[..., :3])
    for mode, channels in (("L", 1), ("RGB", 3)):
        wanted = torch.from_numpy(np.asarray(image.convert(mode)).astype(np.float32)).flatten() / 255
        script = "return pictures.fromPixels(new Uint8ClampedArray(pixels), [8, 9, channels])"
        got = engine.run(script, pixels=pixels.flatten().tolist(), channels=channels)
        assert (got - wanted).abs().max() < (1.1 / 255 if mode == "L" else 1e-6)


SHAPE = {"data": {"input_size": [8, 8], "channels": 1}}
CONV = {
    "latent_dim": 2, "hidden_channels": [4], "kernel_size": 4, "stride": 2, "padding": 1, "activation": "relu",
    "upsample": "transposed", "norm": "none", "residual_blocks": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"activation": "mish"}, "decoder.layers.0: the activation mish is not one of relu, leaky_relu"),
        ({"upsample": "bilinear"}, "decoder.layers.2: the upsampling bilinear is not one of transposed, nearest"),
        ({"norm": "layer"}, "decoder.layers.0: the normalisation layer is not one of none, batch, group"),
        ({"latent_dim": 3}, "decoder.project.weight has the shape (64, 2), and the network needs (64, 3)"),
        ({"upsample": "nearest"}, "the file has no decoder.layers.2.conv.weight"),
        ({"hidden_channels": [4, 4, 4, 4]}, "the convolutions shrink the picture to 0 x 0 x 4"),
    ],
)
def test_what_the_engine_cannot_do_it_says_and_names_the_layer(engine, changed, sentence):
    preset = presets.parse(json.dumps(SHAPE | {"model": CONV}))
    tensors = random_presets.network(preset, 0).state_dict()
    file = engine.put("odd/decoder.safetensors", parts.half(tensors, preset, "decoder"))
    script = """
      const tensors = await model.fetched(file), machine = await createMachine.createMachine();
      try { new model.Decoder(machine, tensors, preset) } catch (error) { return error.message }
    """.replace("createMachine.createMachine", "machines.createMachine")
    said = engine.run(
        script.replace("machines", "modules.machine"), file=file, preset=SHAPE | {"model": CONV | changed}
    )
    assert said.startswith(sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda content: content[:5], "not a safetensors file, or not whole"),
        (lambda content: b"<!doctype html><p>Not found</p>" * 9, "not a safetensors file, or not whole"),
        (lambda content: content[:-2000], "the file ends before"),
        (lambda content: content.replace(b'"F16"', b'"F64"'), "is stored as F64; known are F32, F16, BF16"),
        (lambda content: content.replace(b'"preset"', b'"others"'), "the file does not say by which preset"),
    ],
)
def test_a_file_that_is_none_or_not_whole_is_told(engine, change, sentence):
    content = change(parts.cut("fashion", "decoder"))
    file = engine.put(f"{zlib.crc32(content)}.safetensors", content)
    script = """
      try { await model.Decoder.of(await model.fetched(file)) } catch (error) { return error.message }
    """
    assert sentence in engine.run(script, file=file)


def test_numbers_that_are_no_codes_are_told(engine):
    engine.put("fashion/decoder.safetensors", parts.cut("fashion", "decoder"))
    script = """
      const decoder = await model.Decoder.of(await model.fetched('fashion/decoder.safetensors'));
      try { decoder.decode(new Float32Array(9)) } catch (error) { return error.message }
    """
    assert engine.run(script) == "9 numbers are no codes of 8"
