"""Lesson 03: draws that gradients can pass."""

import math

import pytest
import torch
from helpers.lessons import unchanged

from vae_course.networks import DenseDecoder, DenseEncoder
from vae_course.sampling import VAE, reparameterize, sample_prior


def seeded(seed=1):
    return torch.Generator().manual_seed(seed)


def quantiles_match(sample, tolerance):
    """The largest distance between the sample's distribution function and the standard normal's (Kolmogorov)."""
    sorted_sample = sample.flatten().double().sort().values
    expected = 0.5 * (1 + torch.erf(sorted_sample / math.sqrt(2)))
    steps = torch.arange(1, len(sorted_sample) + 1) / len(sorted_sample)
    return (expected - steps).abs().max() < tolerance


def test_draws_are_normal_around_mu_with_the_standard_deviation_of_logvar():
    mu, logvar = torch.tensor([[-3.0, 0.0, 5.0]]), torch.tensor([[math.log(4), 0.0, -6.0]])
    mu, logvar = mu.expand(20000, 3), logvar.expand(20000, 3)
    z = reparameterize(mu, logvar, seeded())
    eps = (z - mu) / torch.tensor([2.0, 1.0, math.exp(-3)])
    for d in range(3):
        assert quantiles_match(eps[:, d], 1.63 / math.sqrt(20000))  # 1 % level
    torch.testing.assert_close(torch.corrcoef(eps.T), torch.eye(3), rtol=0, atol=0.03)
    lagged = torch.corrcoef(torch.stack([eps[1:, 0], eps[:-1, 0]]))[0, 1]
    assert abs(lagged) < 0.03  # every image has its own noise


@pytest.mark.parametrize("shape", [(1, 1), (4, 3), (2, 3, 5)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_and_dtype_are_those_of_mu(shape, dtype):
    mu, logvar = torch.randn(shape, dtype=dtype), torch.randn(shape, dtype=dtype)
    with unchanged(mu, logvar):
        z = reparameterize(mu, logvar, seeded())
    assert (z.shape, z.dtype) == (mu.shape, dtype)
    assert torch.equal(z, reparameterize(mu, logvar, seeded()))
    assert not torch.equal(z, reparameterize(mu, logvar, seeded(2)))


def test_gradients_are_1_and_half_the_noise():
    mu = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    logvar = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    z = reparameterize(mu, logvar, seeded())
    weights = torch.randn(5, 4, dtype=torch.float64)
    (weights * z).sum().backward()
    torch.testing.assert_close(mu.grad, weights)
    torch.testing.assert_close(logvar.grad, weights * (z - mu).detach() / 2)
    assert torch.autograd.gradcheck(lambda m, s: reparameterize(m, s, seeded()), (mu, logvar))


def test_extreme_log_variances():
    mu = torch.tensor([[1.5, 1.5, 1.5]])
    z = reparameterize(mu, torch.tensor([[-200.0, -1e4, 80.0]]), seeded())
    assert torch.equal(z[0, :2], mu[0, :2])
    assert z.isfinite().all() and z[0, 2].abs() > 1e10


def test_memory_layout_does_not_matter():
    mu, logvar = torch.randn(3, 4).T, torch.randn(3, 4).T
    expected = reparameterize(mu.contiguous(), logvar.contiguous(), seeded())
    assert torch.equal(reparameterize(mu, logvar, seeded()), expected)


def test_prior_is_standard_normal():
    z = sample_prior(5000, 4, seeded())
    assert z.shape == (5000, 4) and z.dtype == torch.float32
    assert quantiles_match(z, 1.63 / math.sqrt(20000))
    torch.testing.assert_close(torch.cov(z.T), torch.eye(4), rtol=0, atol=0.08)
    assert sample_prior(0, 3).shape == (0, 3)


@pytest.mark.parametrize(
    "draw", [lambda g: sample_prior(3, 2, g), lambda g: reparameterize(torch.zeros(3, 2), torch.zeros(3, 2), g)]
)
def test_chance_comes_from_the_generator_or_else_from_the_global_state(draw):
    with unchanged():
        assert torch.equal(draw(seeded()), draw(seeded()))
    generator = seeded()
    assert not torch.equal(draw(generator), draw(generator))
    torch.manual_seed(4)
    first, second = draw(None), draw(None)
    assert not torch.equal(first, second)
    torch.manual_seed(4)
    assert torch.equal(draw(None), first)


def test_a_vae_decodes_a_draw_from_each_pictures_cloud():
    model, x = VAE(DenseEncoder((1, 4, 4), [], 3), DenseDecoder((1, 4, 4), [], 3)), torch.rand(5, 1, 4, 4)
    for training in (True, False):
        with unchanged(x):
            x_hat, mu, logvar = model.train(training)(x, seeded())
        assert all(map(torch.equal, (mu, logvar), model.encoder(x)))
        assert torch.equal(x_hat, model.decode(reparameterize(mu, logvar, seeded())))
        assert not torch.equal(x_hat, model(x, seeded(2))[0])
    assert (model.latent_dim, model.image_shape) == (3, (1, 4, 4))
