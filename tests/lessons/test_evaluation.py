"""Lesson 08: distances between sets of pictures, neighbours, and a tighter bound."""

import math

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged
from sklearn.neighbors import NearestNeighbors

from vae_course.evaluation import decibels, frechet_distance, importance_weighted_bound, nearest_neighbours, psnr
from vae_course.loss import log_normal


def frechet_by_eigenvalues(a, b):
    """|m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)): the root's trace from the eigenvalues of the product."""
    a, b = a.double().numpy(), b.double().numpy()
    cov_a, cov_b = (np.cov(part.T, ddof=1).reshape(part.shape[1], -1) for part in (a, b))
    roots = np.sqrt(np.linalg.eigvals(cov_a @ cov_b).astype(complex)).real
    return ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * roots.sum()


@pytest.mark.parametrize("features", [1, 3, 12])
@pytest.mark.parametrize(("n", "m"), [(40, 40), (25, 60)])
def test_frechet_distance_is_the_formula(features, n, m):
    a = torch.randn(n, features) @ torch.randn(features, features) + 1
    b = torch.randn(m, features) @ torch.randn(features, features)
    with unchanged(a, b):
        distance = frechet_distance(a, b)
    assert distance.shape == () and distance.dtype == torch.float32
    assert distance.item() == pytest.approx(frechet_by_eigenvalues(a, b), rel=1e-4)
    assert frechet_distance(b, a).item() == pytest.approx(distance.item(), rel=1e-4)


def test_frechet_distance_with_fewer_images_than_features():
    a, b = torch.randn(5, 30, dtype=torch.float64), torch.randn(8, 30, dtype=torch.float64)
    distance = frechet_distance(a, b)
    assert distance.dtype == torch.float64
    assert distance.item() == pytest.approx(frechet_by_eigenvalues(a, b), rel=1e-5)
    few = torch.randn(3, 30, dtype=torch.float64)
    assert frechet_distance(few, few + 2).item() == pytest.approx(30 * 4)


def test_frechet_distance_in_closed_form():
    a = torch.randn(60, 4, dtype=torch.float64)
    assert 0 <= frechet_distance(a, a.clone()).item() < 1e-9
    shift = torch.tensor([1.0, -2.0, 0.0, 0.5], dtype=torch.float64)
    assert frechet_distance(a, a + shift).item() == pytest.approx(5.25)
    a -= a.mean(dim=0)
    assert frechet_distance(a, 3 * a).item() == pytest.approx(4 * torch.cov(a.T).trace().item())
    one = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)  # unbiased variance 2
    assert frechet_distance(one, 2 * one + 5).item() == pytest.approx(25 + 2)
    turned = a @ torch.linalg.qr(torch.randn(4, 4, dtype=torch.float64))[0]
    assert frechet_distance(turned, turned + 1).item() == pytest.approx(4)


def test_frechet_distance_of_constant_and_of_far_features():
    flat = torch.ones(5, 3)
    assert frechet_distance(flat, flat + 2).item() == pytest.approx(12)
    a = torch.randn(50, 3, dtype=torch.float64)
    assert frechet_distance(a + 1e6, a + 1e6 + 1).item() == pytest.approx(3, rel=1e-6)
    assert frechet_distance(a.float(), a.float()).item() >= 0


@pytest.mark.parametrize(("n", "m"), [(1, 1), (6, 20), (3, 1)])
def test_nearest_neighbours(n, m):
    samples, training = torch.rand(n, 2, 3, 4), torch.rand(m, 2, 3, 4)
    with unchanged(samples, training):
        found = nearest_neighbours(samples, training)
    tree = NearestNeighbors(n_neighbors=1).fit(training.flatten(1).numpy())
    assert found.tolist() == tree.kneighbors(samples.flatten(1).numpy())[1].ravel().tolist()
    assert found.shape == (n,) and found.dtype == torch.int64


def test_nearest_neighbours_of_training_images_are_themselves_in_any_layout():
    training = torch.rand(8, 4, 5, 3).permute(0, 3, 1, 2)
    order = torch.randperm(8)
    assert torch.equal(nearest_neighbours(training[order], training), order)
    assert nearest_neighbours(training[:0], training).shape == (0,)


def test_nearest_is_by_squared_error_not_by_any_other():
    sample = torch.zeros(1, 1, 1, 4)
    training = torch.tensor([[1.0, 0, 0, 0], [0.4, 0.4, 0.4, 0.4]]).reshape(
        2, 1, 1, 4
    )  # squared 1 and 0.64, l1 1 and 1.6
    assert nearest_neighbours(sample, training).tolist() == [1]


@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 5), (7, 3)])
def test_importance_weighted_bound_is_a_log_mean_exp(k, n):
    likelihood, prior, posterior = torch.randn(3, k, n, dtype=torch.float64)
    with unchanged(likelihood, prior, posterior):
        bound = importance_weighted_bound(likelihood, prior, posterior)
    weights = np.exp(likelihood.numpy()) * np.exp(prior.numpy()) / np.exp(posterior.numpy())
    np.testing.assert_allclose(bound, np.log(weights.mean(axis=0)), atol=1e-12)
    assert (bound >= (likelihood + prior - posterior).mean(dim=0) - 1e-9).all()  # at least the ELBO


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_importance_weighted_bound_is_stable(size):
    weights = torch.tensor([[0.0], [math.log(3.0)]], dtype=torch.float64)
    bound = importance_weighted_bound(weights + size, torch.zeros(2, 1), torch.zeros(2, 1))
    assert bound.item() == pytest.approx(size + math.log(2))


def test_importance_weighted_bound_approaches_the_exact_likelihood():
    """z ~ N(0, 1), x | z ~ N(z, 1/4), hence x ~ N(0, 5/4); q is a poor guess at the posterior."""
    x = torch.tensor([[0.7]])
    zero, noise = torch.zeros(1, 1), torch.full((1, 1), math.log(0.25))
    mu, logvar = torch.tensor([[0.2]]), torch.tensor([[-0.7]])
    z = mu + (logvar / 2).exp() * torch.randn(20000, 1)
    terms = log_normal(x, z, noise), log_normal(z, zero, zero), log_normal(z, mu, logvar)
    exact = log_normal(x, zero, torch.full((1, 1), math.log(1.25))).item()
    loose = importance_weighted_bound(*(term[None] for term in terms)).mean().item()  # K = 1: the ELBO
    tight = importance_weighted_bound(*(term[:, None] for term in terms)).item()
    assert tight == pytest.approx(exact, abs=0.02)
    assert loose < exact - 0.1


def test_psnr():
    x, x_hat = torch.rand(3, 2, 4, 5), torch.rand(3, 2, 4, 5)
    with unchanged(x, x_hat):
        value = psnr(x, x_hat)
    assert type(value) is float
    assert value == pytest.approx(10 * math.log10(1 / np.mean((x.numpy() - x_hat.numpy()) ** 2.0)), rel=1e-5)
    assert psnr(torch.zeros(1, 1, 2, 2), torch.full((1, 1, 2, 2), 0.1)) == pytest.approx(20)
    assert decibels(0.01) == pytest.approx(20)
    assert decibels(1.0) == 0
    assert 100 < psnr(x, x) < math.inf
