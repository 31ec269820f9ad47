"""Lesson 02: encoders and decoders of every shape."""

import math
from typing import get_args

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from helpers.lessons import unchanged
from torch import nn

from vae_course.networks import (
    ACTIVATIONS,
    ConvDecoder,
    ConvEncoder,
    DenseDecoder,
    DenseEncoder,
    Heads,
    NearestUpsampling,
    ResidualBlock,
    activation_layer,
    conv_output_size,
    feature_sizes,
    kaiming_,
    normalisation,
    redraw_,
)
from vae_course.presets import Activation

LATENT = 3
LAYERS = [(7, "tanh"), (5, "relu")]
FAMILIES = {
    "conv": (lambda: ConvEncoder(2, (6, 9), (4, 8), LATENT), lambda: ConvDecoder(2, (6, 9), (4, 8), LATENT)),
    "nearest": (
        lambda: ConvEncoder(2, (6, 9), (4, 8), LATENT, norm="group", residual_blocks=1),
        lambda: ConvDecoder(2, (6, 9), (4, 8), LATENT, norm="group", residual_blocks=1, upsample="nearest"),
    ),
    "dense": (lambda: DenseEncoder((2, 6, 9), LAYERS, LATENT), lambda: DenseDecoder((2, 6, 9), LAYERS[::-1], LATENT)),
    "linear": (lambda: DenseEncoder((2, 6, 9), [], LATENT), lambda: DenseDecoder((2, 6, 9), [], LATENT)),
}
families = pytest.mark.parametrize("family", FAMILIES)


@pytest.mark.parametrize("kernel_size", [1, 2, 3, 4, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_conv_output_size_is_that_of_conv2d(kernel_size, stride, padding):
    conv = nn.Conv2d(1, 1, kernel_size, stride, padding)
    for size in range(max(1, kernel_size - 2 * padding), 20):
        assert conv_output_size(size, kernel_size, stride, padding) == conv(torch.zeros(1, 1, size, size)).shape[-1]


@pytest.mark.parametrize("upsample", ["transposed", "nearest"])
@pytest.mark.parametrize("size", [28, (37, 50), 64, (11, 9), 33, (9, 16)], ids=str)
@pytest.mark.parametrize(
    ("kernel_size", "stride", "padding"),
    [
        (4, 2, 1),
        (3, 2, 1),
        (5, 2, 2),
        (3, 2, 0),
        (3, 1, 1),
        (3, 1, 0),
        (5, 3, 1),
        (2, 2, 0),
        (1, 1, 0),
        (3, 4, 1),
        (1, 2, 3),
    ],
)
def test_pictures_come_back_in_exactly_their_size(size, kernel_size, stride, padding, upsample):
    options = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    encoder = ConvEncoder(3, size, (2, 4), LATENT, **options)
    decoder = ConvDecoder(3, size, (2, 4), LATENT, **options, upsample=upsample)
    shape = (3, size, size) if isinstance(size, int) else (3, *size)
    assert encoder.image_shape == decoder.image_shape == shape
    assert encoder.latent_dim == decoder.latent_dim == LATENT
    mu, logvar = encoder(torch.rand(2, *shape))
    assert mu.shape == logvar.shape == (2, LATENT)
    assert decoder(mu).shape == (2, *shape)


@pytest.mark.parametrize("upsample", ["transposed", "nearest"])
@pytest.mark.parametrize("norm", ["none", "batch", "group"])
@pytest.mark.parametrize("residual_blocks", [0, 2])
def test_norms_and_residual_blocks_are_where_they_were_asked_for(norm, residual_blocks, upsample):
    options = {"norm": norm, "residual_blocks": residual_blocks, "activation": "silu"}
    encoder = ConvEncoder(1, (9, 8), [4, 8, 8], LATENT, **options)
    decoder = ConvDecoder(1, (9, 8), [4, 8, 8], LATENT, **options, upsample=upsample)
    mu, _ = encoder(torch.rand(2, 1, 9, 8))
    assert decoder(mu).shape == (2, 1, 9, 8)
    kind = {"none": nn.Identity, "batch": nn.BatchNorm2d, "group": nn.GroupNorm}[norm]
    for network in (encoder, decoder):
        norms = [part for part in network.modules() if isinstance(part, (nn.Identity, nn.BatchNorm2d, nn.GroupNorm))]
        assert {type(part) for part in norms} == {kind}
        assert len(norms) == 3 + 3 * residual_blocks * 2
        blocks = [part for part in network.modules() if isinstance(part, ResidualBlock)]
        assert len(blocks) == 3 * residual_blocks
        assert len([part for part in network.modules() if isinstance(part, nn.SiLU)]) == 3 + 2 * len(blocks)


def test_one_strided_convolution_per_entry_of_hidden_channels():
    encoder = ConvEncoder(3, 16, (4, 6, 8), LATENT, kernel_size=3)
    convs = [part for part in encoder.modules() if isinstance(part, nn.Conv2d)]
    assert [(c.in_channels, c.out_channels) for c in convs] == [(3, 4), (4, 6), (6, 8)]
    assert all(c.stride == (2, 2) and c.kernel_size == (3, 3) and c.padding == (1, 1) for c in convs)
    decoder = ConvDecoder(3, 16, (4, 6, 8), LATENT, kernel_size=3)
    convs = [part for part in decoder.modules() if isinstance(part, nn.ConvTranspose2d)]
    assert [(c.in_channels, c.out_channels) for c in convs] == [(8, 6), (6, 4), (4, 3)]
    assert decoder.start == (8, 2, 2)


def test_conv_networks_written_out():
    encoder, decoder = ConvEncoder(2, 8, (3, 4), LATENT), ConvDecoder(2, 8, (3, 4), LATENT)
    x, z = torch.rand(5, 2, 8, 8), torch.randn(5, LATENT)
    with unchanged(x, z), torch.no_grad():
        mu, logvar = encoder(x)
        x_hat = decoder(z)
        (w1, b1, w2, b2, wm, bm, wl, bl), features = encoder.parameters(), x
        for w, b in ((w1, b1), (w2, b2)):
            features = F.conv2d(features, w, b, stride=2, padding=1).clamp(min=0)
        features = features.reshape(5, 4 * 2 * 2)
        torch.testing.assert_close(mu, features @ wm.T + bm)
        torch.testing.assert_close(logvar, features @ wl.T + bl)
        wp, bp, w1, b1, w2, b2 = decoder.parameters()
        features = (z @ wp.T + bp).reshape(5, 4, 2, 2)
        for w, b in ((w1, b1), (w2, b2)):
            features = F.conv_transpose2d(features.clamp(min=0), w, b, stride=2, padding=1)
        torch.testing.assert_close(x_hat, 1 / (1 + (-features).exp()))


def test_dense_networks_written_out():
    encoder, decoder = DenseEncoder((2, 3, 4), LAYERS, LATENT), DenseDecoder((2, 3, 4), LAYERS, LATENT)
    x, z = torch.rand(5, 2, 3, 4), torch.randn(5, LATENT)
    with unchanged(x, z), torch.no_grad():
        w1, b1, w2, b2, wm, bm, wl, bl = encoder.parameters()
        features = (((x.reshape(5, 24) @ w1.T + b1).tanh()) @ w2.T + b2).clamp(min=0)
        torch.testing.assert_close(encoder(x), (features @ wm.T + bm, features @ wl.T + bl))
        w1, b1, w2, b2, w3, b3 = decoder.parameters()
        features = (((z @ w1.T + b1).tanh()) @ w2.T + b2).clamp(min=0)
        torch.testing.assert_close(decoder(z), (1 / (1 + (-(features @ w3.T + b3)).exp())).reshape(5, 2, 3, 4))


@families
def test_mu_and_logvar_have_heads_of_their_own_without_bounds(family):
    encoder = FAMILIES[family][0]()
    x = torch.rand(4, 2, 6, 9)
    mu, logvar = encoder(x)
    with torch.no_grad():
        encoder.heads.logvar.weight.mul_(-1e4)
        encoder.heads.logvar.bias.fill_(-50.0)
    again, changed = encoder(x)
    assert torch.equal(again, mu)
    assert not torch.allclose(changed, logvar)
    with torch.no_grad():
        for head in (encoder.heads.mu, encoder.heads.logvar):
            head.weight.zero_()
            head.bias.copy_(torch.tensor([-1e6, 0.0, 1e6]))
    for output in encoder(x):
        torch.testing.assert_close(output, torch.tensor([-1e6, 0.0, 1e6]).expand(4, 3))


@families
def test_gradients_reach_every_weight(family):
    encoder, decoder = (make() for make in FAMILIES[family])
    mu, logvar = encoder(torch.rand(6, 2, 6, 9))
    (decoder(mu + logvar) ** 2).sum().backward()
    for network in (encoder, decoder):
        for name, p in network.named_parameters():
            assert p.grad is not None and p.grad.abs().sum() > 0, name


@families
@pytest.mark.parametrize("sign", [-1, 1])
def test_decoders_come_arbitrarily_close_to_both_ends(family, sign):
    decoder = FAMILIES[family][1]()
    x_hat = decoder(100 * torch.randn(50, LATENT))
    assert x_hat.dtype == torch.float32
    assert x_hat.min() >= 0 and x_hat.max() <= 1
    with torch.no_grad():
        decoder.output_bias.fill_(sign * 60.0)
        x_hat = decoder(torch.zeros(1, LATENT))
    assert (x_hat < 1e-12).all() if sign < 0 else (x_hat > 1 - 1e-6).all()


@families
def test_one_picture_and_any_memory_layout_and_half_precision(family):
    encoder, decoder = (make().eval() for make in FAMILIES[family])
    x, z = torch.rand(3, 9, 6, 2).permute(0, 3, 2, 1), torch.randn(LATENT, 3).T
    assert not x.is_contiguous() and not z.is_contiguous()
    torch.testing.assert_close(encoder(x), encoder(x.contiguous()))
    torch.testing.assert_close(decoder(z), decoder(z.contiguous()))
    torch.testing.assert_close(encoder(x[:1]), tuple(part[:1] for part in encoder(x)))
    torch.testing.assert_close(decoder(z[:1]), decoder(z)[:1])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = decoder(z)
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, decoder(z), rtol=0, atol=0.02)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        decoder.output_bias.fill_(8.0)  # sigmoid(8) is 0.9997, which bfloat16 would make 1
        assert (decoder(torch.zeros(1, LATENT)) < 1).all()


def near_the_prior(layer):
    """KL in nats of 200 codes of 32 dimensions, mu and logvar a few hundredths from 0, and its gradient."""
    heads, features = Heads(64, 32), torch.randn(200, 64, generator=torch.Generator().manual_seed(1))
    redraw_(heads, torch.Generator().manual_seed(0))
    with torch.no_grad():
        for parameter in heads.parameters():
            parameter.mul_(0.06)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mu, logvar = layer(heads, features)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1).mean()
    kl.backward()
    return kl.item(), heads.logvar.weight.grad.double(), mu.dtype, logvar.dtype


def test_the_price_of_codes_near_the_prior_is_not_lost_to_half_precision():
    exact, gradient, *_ = near_the_prior(lambda heads, features: (part.double() for part in heads(features)))
    price, ours, *dtypes = near_the_prior(lambda heads, features: heads(features.bfloat16()))
    assert dtypes == [torch.float32, torch.float32]
    assert 0.01 < exact < 0.1 and price == pytest.approx(exact, rel=5e-3)
    assert (ours - gradient).norm() < 0.01 * gradient.norm()
    half, theirs, *_ = near_the_prior(lambda heads, features: (heads.mu(features), heads.logvar(features)))
    assert abs(half / exact - 1) > 0.1 and (theirs - gradient).norm() > 0.02 * gradient.norm()


@families
def test_codes_are_float32_under_autocast(family):
    encoder = FAMILIES[family][0]()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mu, logvar = encoder(torch.rand(3, 2, 6, 9))
    assert (mu.dtype, logvar.dtype) == (torch.float32, torch.float32)


def test_encoders_take_float64():
    assert ConvEncoder(1, 8, (2,), 1).double()(torch.rand(1, 1, 8, 8, dtype=torch.float64))[0].dtype == torch.float64


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("relu", lambda x: np.maximum(x, 0)),
        ("leaky_relu", lambda x: np.where(x > 0, x, 0.01 * x)),
        ("elu", lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
        ("tanh", np.tanh),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
        ("softplus", lambda x: np.logaddexp(0, x)),
        ("gelu", lambda x: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))),
        ("silu", lambda x: x / (1 + np.exp(-x))),
        ("cosh", lambda x: (np.exp(x) + np.exp(-x)) / 2),
    ],
)
def test_activations(name, formula):
    x = torch.linspace(-6, 6, 41, dtype=torch.float64)
    with unchanged(x):
        torch.testing.assert_close(activation_layer(name)(x), torch.from_numpy(formula(x.numpy())))
    assert DenseEncoder((1, 2, 2), [(3, name)], 1)(torch.rand(2, 1, 2, 2))[0].shape == (2, 1)
    assert ConvDecoder(1, 4, (2,), 1, activation=name)(torch.rand(2, 1)).shape == (2, 1, 4, 4)


def test_there_are_exactly_the_activations_of_the_presets():
    assert set(ACTIVATIONS) == set(get_args(Activation))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: activation_layer("swish"), "'swish'.*relu"),
        (lambda: normalisation("layer", 4), "'layer'.*batch"),
        (lambda: ConvDecoder(1, 8, (2,), 2, upsample="bilinear"), "'bilinear'.*nearest"),
        (lambda: ConvEncoder(1, 8, (2, 2, 2, 2), 2), "4 convolutions.*8 x 8"),
        (lambda: ConvDecoder(1, (64, 4), (2, 2, 2), 2), "3 convolutions.*64 x 4"),
    ],
)
def test_what_cannot_be_built_says_why(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_feature_sizes_down_to_one_pixel():
    assert feature_sizes(8, 3, 4, 2, 1) == [(8, 8), (4, 4), (2, 2), (1, 1)]
    assert feature_sizes((37, 50), 2, 3, 2, 1) == [(37, 50), (19, 25), (10, 13)]


@pytest.mark.parametrize("channels", [1, 3, 4, 6, 8, 20, 24, 32, 64, 100, 256])
def test_groups_divide_the_channels(channels):
    layer = normalisation("group", channels)
    assert channels % layer.num_groups == 0
    assert layer.num_groups <= 16
    assert channels // layer.num_groups >= min(4, channels)
    assert channels < 8 or layer.num_groups > 1
    assert layer(torch.rand(1, channels, 2, 2)).shape == (1, channels, 2, 2)


def test_a_residual_block_adds_to_its_input():
    block = ResidualBlock(4, "relu", "none")
    x = torch.randn(2, 4, 5, 3)
    with unchanged(x), torch.no_grad():
        w1, b1, w2, b2 = block.parameters()
        inner = F.conv2d(x.clamp(min=0), w1, b1, padding=1).clamp(min=0)
        torch.testing.assert_close(block(x), x + F.conv2d(inner, w2, b2, padding=1))
        w2.zero_(), b2.zero_()
        assert torch.equal(block(x), x)


def test_nearest_upsampling_repeats_pixels_before_its_convolution():
    layer, x = NearestUpsampling(1, 1, (6, 9)), torch.rand(1, 1, 2, 3)
    with torch.no_grad():
        layer.conv.weight.zero_()
        layer.conv.weight[0, 0, 1, 1] = 2.0
        layer.conv.bias.fill_(0.5)
        expected = 2 * x.numpy().repeat(3, axis=2).repeat(3, axis=3) + 0.5
        np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-6)


@families
def test_output_bias_is_the_last_one_before_the_sigmoid(family):
    decoder = FAMILIES[family][1]()
    z = torch.randn(3, LATENT)
    with torch.no_grad():
        before = torch.logit(decoder(z))
        decoder.output_bias.add_(0.75)
        torch.testing.assert_close(torch.logit(decoder(z)), before + 0.75, rtol=1e-4, atol=1e-4)


def test_redrawing_is_pytorchs_own_initialisation():
    parts = (
        lambda: nn.Conv2d(3, 5, 3), lambda: nn.ConvTranspose2d(4, 6, (2, 5)), lambda: nn.Linear(7, 2, bias=False),
        lambda: nn.BatchNorm2d(3),
    )  # fmt: skip
    torch.manual_seed(1)
    expected = nn.Sequential(*(part() for part in parts))
    network = nn.Sequential(*(part() for part in parts))
    with unchanged():
        assert redraw_(network, torch.Generator().manual_seed(1)) is network
    for mine, theirs in zip(network.parameters(), expected.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_kaiming_initialisation():
    network = nn.Sequential(
        nn.Conv2d(16, 64, 5), nn.Sequential(nn.Linear(300, 200)), nn.ConvTranspose2d(64, 32, 4), nn.BatchNorm2d(32)
    )
    conv, linear, transposed, norm = network[0], network[1][0], network[2], network[3]
    assert kaiming_(network) is network
    for layer, fan_in in ((conv, 16 * 25), (linear, 300)):
        assert layer.weight.std().item() == pytest.approx(math.sqrt(2 / fan_in), rel=0.03)
        assert layer.weight.mean().item() == pytest.approx(0, abs=0.1 / math.sqrt(fan_in))
        assert (layer.weight.abs() > 2 * math.sqrt(2 / fan_in)).double().mean().item() == pytest.approx(
            0.0455, abs=0.006
        )
    fans = [channels * 16 for channels in (64, 32)]  # what counts as its fan_in is a convention
    assert 0.97 * math.sqrt(2 / fans[0]) < transposed.weight.std().item() < 1.03 * math.sqrt(2 / fans[1])
    assert not any(layer.bias.any() for layer in (conv, linear, transposed))
    assert (norm.weight == 1).all()


@families
def test_building_draws_from_the_global_random_state(family):
    weights = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        weights.append(torch.cat([p.flatten() for make in FAMILIES[family] for p in make().parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
