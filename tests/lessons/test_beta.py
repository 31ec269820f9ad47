"""Lesson 07: the price of information and who pays it."""

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged
from torch.distributions import Normal
from torch.distributions import kl_divergence as exact_kl

from vae_course.beta import ConditionalVAE, active_units, beta_schedule, kl_per_dimension
from vae_course.loss import kl_divergence
from vae_course.networks import DenseDecoder, DenseEncoder


@pytest.mark.parametrize(
    ("step", "warmup_steps", "beta_max", "beta"),
    [(0, 10, 4.0, 0.0), (1, 10, 4.0, 0.4), (5, 10, 4.0, 2.0), (10, 10, 4.0, 4.0), (11, 10, 4.0, 4.0),
     (9999, 10, 4.0, 4.0), (0, 0, 4.0, 4.0), (7, 0, 4.0, 4.0), (0, 1, 0.5, 0.0), (1, 1, 0.5, 0.5), (3, 7, 0.0, 0.0)],
)  # fmt: skip
def test_beta_schedule(step, warmup_steps, beta_max, beta):
    assert beta_schedule(step, warmup_steps, beta_max) == pytest.approx(beta)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (6, 1), (6, 4)])
def test_kl_per_dimension(shape):
    mu, logvar = torch.randn(shape, dtype=torch.float64), 3 * torch.randn(shape, dtype=torch.float64)
    with unchanged(mu, logvar):
        kl = kl_per_dimension(mu, logvar)
    assert kl.shape == shape[1:]
    torch.testing.assert_close(kl, exact_kl(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(dim=0))
    torch.testing.assert_close(kl.sum(), kl_divergence(mu, logvar).mean())


def test_active_units_counts_the_dimensions_that_vary():
    generator = np.random.default_rng(0)
    mu = generator.normal(size=(50, 4)) * [1.0, 0.05, 0.2, 0.0] + [0.0, 9.0, -3.0, 7.0]
    mu, variances = torch.from_numpy(mu), mu.var(axis=0, ddof=1)
    with unchanged(mu):
        for threshold in (0.001, 0.01, 0.5, 100.0):
            assert active_units(mu, threshold) == sum(variances > threshold)
        assert active_units(mu) == 2
    assert type(active_units(mu)) is int


def test_active_units_uses_the_unbiased_variance_and_more_means_more():
    mu = torch.tensor([[0.0, 0.0], [2.0, 1.0]])  # unbiased 2 and 0.5, biased 1 and 0.25
    assert active_units(mu, 1.5) == 1
    assert active_units(mu, 0.3) == 2
    assert active_units(mu, 2.0) == 0


def test_a_single_picture_has_no_active_units():
    assert active_units(torch.ones(1, 3)) == 0


def conditional(classes=3, latent_dim=2):
    layers = [(5, "tanh")]
    encoder = DenseEncoder((1, 1, 16 + classes), layers, latent_dim)
    return ConditionalVAE(encoder, DenseDecoder((1, 4, 4), layers, latent_dim + classes), classes)


def test_both_sides_of_a_conditional_vae_are_told_the_class():
    model, x = conditional(), torch.rand(1, 1, 4, 4).expand(3, 1, 4, 4)
    labels, z = torch.arange(3), torch.zeros(3, 2)
    told = torch.cat([x.flatten(1), torch.eye(3)], dim=1)
    assert all(map(torch.equal, model.encode(x, labels), model.encoder(told)))
    assert torch.equal(model.decode(z, labels), model.decoder(torch.cat([z, torch.eye(3)], dim=1)))
    assert not torch.allclose(*model.decode(z, labels)[:2])


def test_a_conditional_vae_draws_and_learns_as_a_vae_does():
    model, x, labels = conditional(), torch.rand(3, 1, 4, 4), torch.tensor([2, 0, 2])
    with unchanged(x, labels):
        one, again, other = (model(x, labels, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(one, again) and not torch.equal(one, other)
    x_hat, mu, logvar = model.eval()(x, labels)
    assert x_hat.shape == x.shape and mu.shape == logvar.shape == (3, 2)
    x_hat.sum().backward()
    assert all(parameter.grad.any() for parameter in model.parameters())
