"""Lesson 09: directions, and the Gaussian where the codes lie."""

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged
from sklearn.covariance import empirical_covariance

from vae_course.faces import apply_attribute, attribute_direction, fit_latent_gaussian


@pytest.mark.parametrize("shape", [(2, 1), (9, 1), (9, 4)])
def test_attribute_direction_is_the_difference_of_means(shape):
    z = torch.randn(shape, dtype=torch.float64)
    labels = torch.arange(len(z)) % 3 == 1
    with unchanged(z, labels):
        direction = attribute_direction(z, labels)
    rows = {
        flag: [row for row, label in zip(z.tolist(), labels.tolist(), strict=True) if label == flag] for flag in (0, 1)
    }
    expected = np.mean(rows[1], axis=0) - np.mean(rows[0], axis=0)
    np.testing.assert_allclose(direction.numpy(), expected, atol=1e-12)
    torch.testing.assert_close(attribute_direction(z, ~labels), -direction)


@pytest.mark.parametrize("label", [True, False])
def test_a_missing_class_is_an_error(label):
    with pytest.raises(ValueError, match="with the attribute"):
        attribute_direction(torch.randn(4, 2), torch.full((4,), label))


def test_apply_attribute_moves_every_code():
    z, direction = torch.randn(5, 3), torch.tensor([1.0, 0.0, -2.0])
    with unchanged(z, direction):
        moved = apply_attribute(z, direction, 1.5)
        assert torch.equal(apply_attribute(z, direction, 0.0), z)
    torch.testing.assert_close(moved - z, torch.tensor([1.5, 0.0, -3.0]).expand(5, 3))
    torch.testing.assert_close(apply_attribute(moved, direction, -1.5), z)


@pytest.mark.parametrize("shape", [(2, 1), (30, 1), (30, 4), (3, 5)])
def test_latent_gaussian_has_the_moments_of_the_mixture(shape):
    mu, logvar = torch.randn(shape, dtype=torch.float64), torch.randn(shape, dtype=torch.float64)
    with unchanged(mu, logvar):
        mean, covariance = fit_latent_gaussian(mu, logvar)
    n, d = shape
    np.testing.assert_allclose(mean, mu.numpy().sum(axis=0) / n)
    between = empirical_covariance(mu.numpy()) * n / (n - 1)
    within = np.diag([np.mean([np.exp(v) for v in column]) for column in logvar.numpy().T])
    assert covariance.shape == (d, d)
    np.testing.assert_allclose(covariance, between + within, atol=1e-12)
    assert torch.linalg.eigvalsh(covariance).min() > 0


def test_latent_gaussian_fits_draws_from_the_posteriors():
    mu, logvar = torch.randn(40, 2) @ torch.tensor([[1.0, 0.8], [0.0, 0.3]]), torch.randn(40, 2)
    z = (mu + (logvar / 2).exp() * torch.randn(4000, 40, 2)).reshape(-1, 2)
    mean, covariance = fit_latent_gaussian(mu, logvar)
    torch.testing.assert_close(z.mean(dim=0), mean, rtol=0, atol=0.02)
    torch.testing.assert_close(torch.cov(z.T), covariance, rtol=0.05, atol=0.03)
