"""Models that begin as PCA, against NumPy's singular values."""

import json

import numpy as np
import pytest
import torch

from vae_course import presets
from vae_course.runs.components import principal_axes, start_at_components_
from vae_course.vae import build

SIZE, LATENT = 12, 5


def smooth(count, channels, seed=0):
    """uint8 (N, H, W, C): four gratings of random strengths, none of them fine."""
    chance, t = np.random.default_rng(seed), np.arange(SIZE) / SIZE
    waves = np.stack([np.cos(2 * np.pi * (i * t[:, None] + j * t) + i) for i in range(2) for j in range(2)])
    strengths = chance.normal(size=(count, 4, channels)) * np.array([9, 7, 5, 4])[:, None]
    return torch.from_numpy((128 + np.einsum("nkc,khw->nhwc", strengths, waves)).round().clip(0, 255).astype(np.uint8))


def started(channels=1, latent=LATENT, images=None, **model):
    text = {
        "data": {"input_size": [SIZE, SIZE], "channels": channels},
        "model": {"latent_dim": latent, "hidden_channels": [4, 8], "linear_path": True, "norm": "batch", **model},
    }
    network = build(presets.parse(json.dumps(text)), torch.Generator().manual_seed(0)).eval()
    start_at_components_(network, smooth(400, channels) if images is None else images)
    return network


def halves(images):
    """The means of 2 x 2 pixels, flat, as float64 (N, P): what the path sees."""
    n, h, w, c = images.shape
    return (
        (images.double() / 255).view(n, h // 2, 2, w // 2, 2, c).mean(dim=(2, 4)).permute(0, 3, 1, 2).flatten(1).numpy()
    )


@pytest.mark.parametrize("channels", [1, 3])
@torch.no_grad()
def test_codes_are_principal_coordinates_of_the_shrunk_picture_whitened(channels):
    images = smooth(400, channels)
    mu, _ = started(channels).encode(images.permute(0, 3, 1, 2).float() / 255)
    small = halves(images)
    left, sizes, _ = np.linalg.svd(small - small.mean(axis=0), full_matrices=False)
    kept = min(LATENT, 4 * channels - (channels == 1))  # axes with a variance of their own
    assert np.allclose(np.abs(mu[:, :kept].numpy()), np.abs(left[:, :kept] * np.sqrt(400)), atol=0.02), sizes
    assert torch.allclose(mu.var(dim=0, correction=0), torch.ones(LATENT), atol=0.02)


@pytest.mark.parametrize("upsample", ["transposed", "nearest"])
@torch.no_grad()
def test_a_mean_code_decodes_to_nearly_the_picture_and_zero_to_the_mean(upsample):
    images = smooth(400, 1)
    x = images.permute(0, 3, 1, 2).float() / 255
    model = started(upsample=upsample)
    inner = (..., slice(2, -2), slice(2, -2))  # at its edge a picture is enlarged from what lies on one side only
    errors = [
        (model.decode(code) - x)[inner].square().mean() for code in (model.encode(x)[0], torch.zeros(400, LATENT))
    ]
    assert errors[0] < 0.05 * errors[1]
    assert abs(model.decode(torch.zeros(1, LATENT))[inner].mean() - x[inner].mean()) < 0.01


@torch.no_grad()
def test_posteriors_begin_as_narrow_as_probabilistic_pca_says():
    """Tipping and Bishop (1999): what the kept axes leave of the variance, over each axis's own."""
    chance = torch.Generator().manual_seed(1)
    images = torch.randint(0, 256, (600, SIZE, SIZE, 1), generator=chance, dtype=torch.uint8)
    model = started(images=images)
    small = halves(images)
    values = np.linalg.svd(small - small.mean(axis=0), compute_uv=False) ** 2 / 600
    wanted = np.log(values[LATENT:].sum() / values.size / values[:LATENT])
    assert np.allclose(model.encoder.heads.logvar.bias.numpy(), wanted, atol=0.01)


@torch.no_grad()
def test_more_dimensions_than_the_pictures_vary_in_keep_their_random_weights():
    model = started(latent=40, images=smooth(9, 1))
    x = smooth(9, 1).permute(0, 3, 1, 2).float() / 255
    mu, logvar = model.encode(x)
    assert mu.isfinite().all() and logvar.isfinite().all() and model.decode(mu).isfinite().all()
    assert (model.encoder.path[2].weight[20:] != 0).all()


@torch.no_grad()
@pytest.mark.parametrize("count", range(4, 40, 3))
def test_posteriors_begin_finite_where_the_axes_leave_no_variance(count):
    assert started(latent=40, images=smooth(count, 1)).encoder.heads.logvar.bias.isfinite().all()


@torch.no_grad()
def test_the_convolutions_add_nothing_yet_and_learn():
    x, model = smooth(8, 1).permute(0, 3, 1, 2).float() / 255, started()
    before = model.decode(model.encode(x)[0])
    for layer in (model.encoder.features[0], model.decoder.project):
        layer.weight.normal_()
    assert torch.equal(model.decode(model.encode(x)[0]), before)
    with torch.enable_grad():
        (model(x, torch.Generator().manual_seed(0))[0] - x).square().sum().backward()
    assert model.decoder.layers[-1].weight.grad.abs().max() > 0 and model.encoder.heads.mu.weight.grad.abs().max() > 0


def test_axes_are_numpys():
    x = torch.randn(300, 40, generator=torch.Generator().manual_seed(0)) * torch.linspace(3, 0.1, 40) + 1
    mean, axes, variances = principal_axes(x, 6)
    _, sizes, rows = np.linalg.svd((x - x.mean(dim=0)).double().numpy(), full_matrices=False)
    assert torch.equal(mean, x.mean(dim=0))
    assert np.allclose(variances, sizes[:6] ** 2 / 300, rtol=1e-3)
    assert np.allclose(np.abs((axes.T.double().numpy() * rows[:6]).sum(axis=1)), 1, atol=1e-3)
