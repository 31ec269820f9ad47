"""The whole model, and presets that become models."""

import copy
import json
import math
import re

import pytest
import torch
from helpers.lessons import unchanged
from torch import nn

from vae_course import presets
from vae_course.networks import ConvDecoder, ConvEncoder, DenseDecoder, DenseEncoder, NearestUpsampling, ResidualBlock
from vae_course.sampling import reparameterize
from vae_course.vae import VAE, build, channels_last_, start_at_mean_image_, start_posteriors_, summary


def preset(channels=1, input_size=(6, 9), **model):
    model = {"latent_dim": 3, **(model or {"hidden_channels": [4, 8]})}
    return presets.Preset.model_validate_json(
        json.dumps({"data": {"channels": channels, "input_size": input_size}, "model": model})
    )


def generator(seed):
    return torch.Generator().manual_seed(seed)


CONV = {"hidden_channels": [4, 8]}
DENSE = {"encoder_layers": [{"units": 7, "activation": "tanh"}, {"units": 5, "activation": "cosh"}]}
MODELS = pytest.mark.parametrize(
    "options",
    [
        CONV,
        CONV | {"upsample": "nearest", "norm": "group", "residual_blocks": 1},
        CONV | {"kernel_size": 3, "norm": "batch", "init": "kaiming"},
        CONV | {"linear_path": True, "norm": "batch"},
        DENSE,
        DENSE | {"decoder_layers": [{"units": 4}], "init": "kaiming", "logvar_start": -2.0},
    ],
    ids=["conv", "nearest", "batch", "linear", "dense", "decoder"],
)


@MODELS
@pytest.mark.parametrize("channels", [1, 3])
def test_forward_is_encode_draw_decode(options, channels):
    model = build(preset(channels, **options)).eval()
    assert isinstance(model, VAE)
    assert model.latent_dim == 3
    assert model.image_shape == (channels, 6, 9)
    x = torch.rand(4, channels, 6, 9)
    mu, logvar = model.encode(x)
    torch.manual_seed(5)
    expected = model.decode(reparameterize(mu, logvar))
    torch.manual_seed(5)
    x_hat, *posterior = model(x)
    assert x_hat.shape == x.shape and x_hat.dtype == torch.float32
    assert torch.equal(x_hat, expected)
    assert torch.equal(posterior[0], mu) and torch.equal(posterior[1], logvar)
    assert not torch.equal(model(x)[0], x_hat)  # another draw
    with unchanged(x):
        model.encode(x), model.decode(mu)


@MODELS
def test_building_follows_the_global_random_state(options):
    weights = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        weights.append(nn.utils.parameters_to_vector(build(preset(**options)).parameters()))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@MODELS
def test_a_generator_draws_the_weights_and_noise_that_the_global_one_would(options):
    x, made = torch.rand(2, 1, 6, 9), []
    torch.manual_seed(1)
    model = build(preset(**options))
    made.append((nn.utils.parameters_to_vector(model.parameters()), model(x)[0]))
    generator = torch.Generator().manual_seed(1)
    model = build(preset(**options), generator)
    with unchanged(x):
        made.append((nn.utils.parameters_to_vector(model.parameters()), model(x, generator)[0]))
    for mine, theirs in zip(*made, strict=True):
        assert torch.equal(mine, theirs)


def test_convolutional_options_arrive_in_encoder_and_decoder():
    model = build(preset(3, (37, 50), hidden_channels=[4, 8, 12], kernel_size=5, stride=3, padding=2, activation="elu",
                         norm="batch", residual_blocks=2, upsample="transposed"))  # fmt: skip
    assert isinstance(model.encoder, ConvEncoder) and isinstance(model.decoder, ConvDecoder)
    for network, kind in ((model.encoder, nn.Conv2d), (model.decoder, nn.ConvTranspose2d)):
        strided = [part for part in network.modules() if isinstance(part, kind) and part.stride == (3, 3)]
        assert [(c.kernel_size, c.padding) for c in strided] == [((5, 5), (2, 2))] * 3
        assert len([part for part in network.modules() if isinstance(part, ResidualBlock)]) == 6
        assert any(isinstance(part, nn.ELU) for part in network.modules())
        assert not any(isinstance(part, nn.ReLU) for part in network.modules())
        assert any(isinstance(part, nn.BatchNorm2d) for part in network.modules())
    x_hat, mu, logvar = model(torch.rand(2, 3, 37, 50))
    assert (x_hat.shape, mu.shape, logvar.shape) == ((2, 3, 37, 50), (2, 3), (2, 3))
    nearest = build(preset(hidden_channels=[4, 8], upsample="nearest"))
    assert len([part for part in nearest.modules() if isinstance(part, NearestUpsampling)]) == 2


@pytest.mark.parametrize(
    ("options", "units"), [({}, [5, 7]), ({"decoder_layers": [{"units": 9}]}, [9]), ({"decoder_layers": []}, [])]
)
def test_dense_layers_are_mirrored_unless_given(options, units):
    model = build(preset(3, **DENSE, **options))
    assert isinstance(model.encoder, DenseEncoder) and isinstance(model.decoder, DenseDecoder)
    sizes = [part.out_features for part in model.encoder.features if isinstance(part, nn.Linear)]
    assert sizes == [7, 5]
    sizes = [part.out_features for part in model.decoder.layers if isinstance(part, nn.Linear)]
    assert sizes == [*units, 3 * 6 * 9]
    assert model(torch.rand(2, 3, 6, 9))[0].shape == (2, 3, 6, 9)


def test_kaiming_is_an_option():
    size = {"input_size": (20, 20), "encoder_layers": [{"units": 200}]}
    for init, deviation in (("kaiming", math.sqrt(2 / 400)), ("default", math.sqrt(1 / 3 / 400))):
        model = build(preset(**size, init=init))
        assert model.encoder.features[1].weight.std().item() == pytest.approx(deviation, rel=0.03)
        assert model.decoder.layers[-1].weight.std().item() == pytest.approx(deviation * math.sqrt(2), rel=0.03)


def test_posteriors_start_at_the_given_log_variance():
    torch.manual_seed(1)
    plain = build(preset(**DENSE))
    torch.manual_seed(1)
    started = build(preset(**DENSE, logvar_start=-1.5))
    mine, theirs = started.encoder.heads, plain.encoder.heads
    assert (mine.logvar.bias == -1.5).all()
    torch.testing.assert_close(mine.logvar.weight, 0.1 * theirs.logvar.weight)
    assert torch.equal(mine.mu.weight, theirs.mu.weight) and torch.equal(mine.mu.bias, theirs.mu.bias)
    zero = build(preset(**CONV, init="kaiming", logvar_start=0.0)).encoder.heads.logvar
    assert not zero.bias.any()
    assert zero.weight.std().item() == pytest.approx(0.1 * math.sqrt(2 / zero.in_features), rel=0.5)


def test_start_posteriors_changes_that_layer_only_in_place():
    head = nn.Linear(4, 2)
    weight = head.weight.detach().clone()
    start_posteriors_(head, 0.5)
    torch.testing.assert_close(head(torch.zeros(1, 4)), torch.full((1, 2), 0.5))
    torch.testing.assert_close(head.weight, 0.1 * weight)
    assert head.weight.requires_grad and head.bias.requires_grad


@pytest.mark.parametrize("options", [CONV, CONV | {"upsample": "nearest"}, DENSE], ids=["conv", "nearest", "dense"])
def test_decoders_start_at_the_mean_image(options):
    decoder = build(preset(3, **options)).decoder
    mean = torch.rand(3, 6, 9) * 0.8 + 0.1
    with unchanged(mean):
        start_at_mean_image_(decoder, mean)
    with torch.no_grad():
        last = decoder.layers[-1]
        (last.conv if isinstance(last, NearestUpsampling) else last).weight.zero_()
        x_hat = decoder(torch.randn(2, 3))
    expected = mean if options is DENSE else mean.mean(dim=(1, 2))[:, None, None].expand(3, 6, 9)
    torch.testing.assert_close(x_hat, expected.expand(2, 3, 6, 9))


def test_black_and_white_pixels_of_the_mean_image_keep_a_finite_bias():
    decoder = build(preset(**DENSE)).decoder
    start_at_mean_image_(decoder, torch.cat([torch.zeros(1, 3, 9), torch.ones(1, 3, 9)], dim=1))
    assert decoder.output_bias.isfinite().all()
    assert decoder.output_bias.abs().min() > 4


@MODELS
def test_summary_adds_up(options):
    model = build(preset(3, **options))
    state = {key: value.clone() for key, value in model.state_dict().items()}
    with unchanged():
        lines = summary(model).splitlines()
    counts = [int(match[1].replace(",", "")) for line in lines if (match := re.search(r" {2}([\d,]+)$", line))]
    total = sum(p.numel() for p in model.parameters())
    assert counts[-1] == total == sum(counts[:-1])
    assert lines[0].split() == ["layer", "kind", "output", "parameters"]
    leaves = [name for name, part in model.named_modules() if not list(part.children())]
    assert [line.split()[0] for line in lines[1:-1]] == leaves
    assert lines[-1].split()[0] == "total"
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())
    assert not any(part._forward_hooks for part in model.modules())


def test_summary_shows_the_shapes():
    lines = summary(build(preset(3, **CONV))).splitlines()
    convs = [line for line in lines if "Conv" in line]
    assert [re.search(r"\(.*\)", line)[0] for line in convs] == ["(4, 3, 4)", "(8, 1, 2)", "(4, 3, 4)", "(3, 6, 9)"]
    assert convs[0].split()[-1] == str(4 * 3 * 16 + 4)


@pytest.mark.parametrize("mode", ["train", "eval", "mixed"])
def test_summary_puts_every_mode_back(mode):
    model = build(preset(**CONV, norm="batch"))
    model.train(mode != "eval")
    if mode == "mixed":
        model.encoder.eval()
    before = [part.training for part in model.modules()]
    summary(model)
    assert [part.training for part in model.modules()] == before


@MODELS
@pytest.mark.parametrize("channels", [1, 3])
def test_channels_lie_last_wherever_convolutions_work_and_nothing_else_changes(options, channels):
    plain, turned = (build(preset(channels, (16, 12), **options), generator(0)) for _ in range(2))
    assert channels_last_(turned) is turned
    orders = set()

    def lies_last(x):
        return x is None or x.ndim == 2 or x.is_contiguous(memory_format=torch.channels_last)

    def look(layer, inputs, output):
        orders.update(map(lies_last, (*inputs, output)))
        if output.requires_grad:
            output.grad_fn.register_prehook(lambda gradients: orders.update(map(lies_last, gradients)))

    for part in turned.modules():
        if isinstance(part, (nn.BatchNorm2d, nn.GroupNorm, nn.ReLU, nn.Tanh)):
            part.register_forward_hook(look)
    x, results = torch.rand(6, 16, 12, channels, generator=generator(2)).permute(0, 3, 1, 2), []
    for model in (plain, turned, copy.deepcopy(turned)):  # as averaged weights are copied
        parts = model(x, generator(1))
        sum(((part - 0.3) ** 2).sum() for part in parts).backward()
        results.append([*parts, *(weights.grad for weights in model.parameters())])
    assert orders == {True}
    assert all(lies_last(weights) for weights in turned.parameters() if weights.ndim == 4)
    for others in results[1:]:
        for one, other in zip(results[0], others, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        assert torch.isfinite(turned(x)[0]).all()
