"""Lesson 04: reconstruction and KL against torch.distributions, integrals and loops."""

import math

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged
from torch.distributions import Bernoulli, MultivariateNormal, Normal
from torch.distributions import kl_divergence as exact_kl

from vae_course.loss import RECONSTRUCTION, kl_divergence, log_normal, reconstruction_loss, vae_loss

KINDS = ("bce", "mse", "l1", "l1_mean", "gaussian")
kinds = pytest.mark.parametrize("kind", KINDS)
shapes = pytest.mark.parametrize("shape", [(1, 1), (1, 6), (5, 1), (7, 4)])


def posterior(shape, dtype=torch.float64):
    return 2 * torch.randn(shape, dtype=dtype), 2 * torch.randn(shape, dtype=dtype)


def images(n=4, channels=3):
    return torch.rand(n, channels, 5, 4, dtype=torch.float64), torch.rand(n, channels, 5, 4, dtype=torch.float64)


@shapes
def test_kl_is_that_of_torch_distributions(shape):
    mu, logvar = posterior(shape)
    with unchanged(mu, logvar):
        kl = kl_divergence(mu, logvar)
    assert kl.shape == shape[:1]
    torch.testing.assert_close(kl, exact_kl(Normal(mu, logvar.exp().sqrt()), Normal(0.0, 1.0)).sum(dim=1))


@pytest.mark.parametrize(("mu", "logvar"), [(0.0, 0.0), (1.0, 0.0), (0.0, math.log(4)), (-2.0, -3.0), (0.3, 1.5)])
def test_kl_is_the_integral_of_q_log_q_over_p(mu, logvar):
    std = math.exp(logvar / 2)
    z = np.linspace(mu - 12 * std, mu + 12 * std, 20001)
    q = np.exp(-((z - mu) ** 2) / (2 * std**2)) / (std * math.sqrt(2 * math.pi))
    log_p = -(z**2) / 2 - math.log(math.sqrt(2 * math.pi))
    log_q = -((z - mu) ** 2) / (2 * std**2) - math.log(std * math.sqrt(2 * math.pi))
    kl = kl_divergence(torch.tensor([[mu]]), torch.tensor([[logvar]])).item()
    assert kl == pytest.approx(np.trapezoid(q * (log_q - log_p), z), abs=1e-6)


@pytest.mark.parametrize(
    ("mu", "logvar", "kl"),
    [([0, 0], [0, 0], 0.0), ([1], [0], 0.5), ([1, 3], [0, 0], 5.0), ([0], [math.log(4)], 1.5 - math.log(2)),
     ([0], [-80], 39.5), ([0], [-1e4], 4999.5), ([1e3], [0], 5e5), ([0], [50], 0.5 * (math.exp(50) - 51))],
)  # fmt: skip
def test_kl_in_closed_form(mu, logvar, kl):
    value = kl_divergence(torch.tensor([mu], dtype=torch.float32), torch.tensor([logvar], dtype=torch.float32))
    assert value.item() == pytest.approx(kl, rel=1e-6)


def test_kl_gradients():
    mu, logvar = (part.requires_grad_() for part in posterior((3, 4)))
    kl_divergence(mu, logvar).sum().backward()
    torch.testing.assert_close(mu.grad, mu.detach())
    torch.testing.assert_close(logvar.grad, (logvar.detach().exp() - 1) / 2)


def by_loops(x, x_hat, kind):
    totals = []
    for a, b in zip(x.numpy().reshape(len(x), -1), x_hat.numpy().reshape(len(x), -1), strict=True):
        pairs = list(zip(a.tolist(), b.tolist(), strict=True))
        totals.append(
            {
                "bce": sum(-p * math.log(q) - (1 - p) * math.log(1 - q) for p, q in pairs),
                "mse": sum((p - q) ** 2 for p, q in pairs),
                "l1": sum(abs(p - q) for p, q in pairs),
                "l1_mean": sum(abs(p - q) for p, q in pairs) / len(pairs),
            }[kind]
        )
    return torch.tensor(totals, dtype=torch.float64)


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("n", [1, 4])
def test_reconstruction_is_summed_per_image(kind, n):
    x, x_hat = images(n)
    with unchanged(x, x_hat):
        loss = reconstruction_loss(x, x_hat, kind)
    torch.testing.assert_close(loss, by_loops(x, x_hat, kind))


def test_bce_of_black_and_white_pixels_is_bernoullis_and_is_the_default():
    x, x_hat = images()
    x = x.round()
    expected = -Bernoulli(x_hat).log_prob(x).sum(dim=(1, 2, 3))
    torch.testing.assert_close(reconstruction_loss(x, x_hat), expected)


@pytest.mark.parametrize("n", [1, 4])
def test_gaussian_is_the_likelihood_with_the_batchs_best_variance(n):
    x, x_hat = images(n)
    loss = reconstruction_loss(x, x_hat, "gaussian")
    std = ((x - x_hat) ** 2).mean().sqrt()
    torch.testing.assert_close(loss, -Normal(x_hat, std).log_prob(x).sum(dim=(1, 2, 3)), rtol=1e-6, atol=1e-5)
    for other in (0.9 * std, 1.1 * std):
        assert -Normal(x_hat, other).log_prob(x).sum() > loss.sum()
    rybkin = 60 / 2 * torch.log(((x - x_hat) ** 2).mean())  # the batch's mean up to constants
    torch.testing.assert_close(loss.mean(), rybkin + 60 / 2 * (1 + math.log(2 * math.pi)), rtol=1e-6, atol=1e-5)


def test_gaussian_gradients_go_through_the_variance():
    x, x_hat = images()
    x_hat.requires_grad_()
    reconstruction_loss(x, x_hat, "gaussian").mean().backward()
    error = (x_hat - x).detach()
    torch.testing.assert_close(x_hat.grad, error / (error**2).mean() / len(x), rtol=1e-6, atol=1e-6)


@kinds
def test_gradients(kind):
    x, x_hat = images(2)
    x_hat = (0.05 + 0.9 * x_hat).requires_grad_()
    assert torch.autograd.gradcheck(lambda y: reconstruction_loss(x, y, kind), x_hat)


@kinds
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("pixel", [0.0, 1.0])
@pytest.mark.parametrize("truth", [0.0, 0.4, 1.0])
def test_finite_at_both_ends(kind, dtype, pixel, truth):
    x = torch.full((2, 1, 3, 3), truth, dtype=dtype)
    x_hat = torch.full((2, 1, 3, 3), pixel, dtype=dtype, requires_grad=True)
    loss = reconstruction_loss(x, x_hat, kind)
    loss.sum().backward()
    assert loss.dtype == dtype
    assert loss.isfinite().all() and x_hat.grad.isfinite().all()
    if kind == "bce":
        wrong = abs(truth - pixel)
        assert (loss < 1e-4).all() if wrong == 0 else (loss > 9 * 10 * wrong).all()


@kinds
def test_memory_layout_does_not_matter(kind):
    x, x_hat = (part.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) for part in images())
    assert not x.is_contiguous()
    torch.testing.assert_close(
        reconstruction_loss(x, x_hat, kind), reconstruction_loss(x.contiguous(), x_hat.clone(), kind)
    )


@kinds
def test_not_a_number_goes_through(kind):
    x, x_hat = images()
    x_hat[1, 0, 0, 0] = math.nan
    assert reconstruction_loss(x, x_hat, kind)[1].isnan()


def test_another_kind_is_an_error():
    x, x_hat = images()
    for call in (
        lambda: reconstruction_loss(x, x_hat, "l2"),
        lambda: vae_loss(x, x_hat, x[:, 0, 0], x[:, 0, 0], kind="l2"),
    ):
        with pytest.raises(ValueError, match=r"'l2'.*bce, mse, l1"):
            call()
    assert tuple(RECONSTRUCTION) == KINDS


@kinds
@pytest.mark.parametrize("beta", [0.0, 1.0, 4.5])
def test_vae_loss_is_the_mean_reconstruction_plus_beta_times_the_mean_kl(kind, beta):
    (x, x_hat), (mu, logvar) = images(), posterior((4, 3))
    x_hat.requires_grad_(), mu.requires_grad_()
    with unchanged(x, x_hat, mu, logvar):
        loss, reconstruction, kl = vae_loss(x, x_hat, mu, logvar, beta, kind)
    assert loss.shape == reconstruction.shape == kl.shape == ()
    torch.testing.assert_close(reconstruction, reconstruction_loss(x, x_hat, kind).sum() / 4)
    torch.testing.assert_close(kl, exact_kl(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum() / 4)
    torch.testing.assert_close(loss, reconstruction + beta * kl)
    loss.backward()
    torch.testing.assert_close(mu.grad, beta * mu.detach() / 4)
    assert x_hat.grad.abs().sum() > 0


def test_vae_loss_defaults():
    (x, x_hat), (mu, logvar) = images(), posterior((4, 3))
    torch.testing.assert_close(vae_loss(x, x_hat, mu, logvar), vae_loss(x, x_hat, mu, logvar, 1.0, "bce"))


@shapes
def test_log_normal_is_that_of_torch_distributions(shape):
    mu, logvar = posterior(shape)
    z = torch.randn(shape, dtype=torch.float64)
    with unchanged(z, mu, logvar):
        density = log_normal(z, mu, logvar)
    assert density.shape == shape[:1]
    torch.testing.assert_close(density, Normal(mu, (logvar / 2).exp()).log_prob(z).sum(dim=1))
    first = MultivariateNormal(mu[0], torch.diag(logvar[0].exp())).log_prob(z[0])
    torch.testing.assert_close(density[0], first)


def test_log_normal_broadcasts():
    mu, logvar = posterior((1, 4))
    z = torch.randn(6, 4, dtype=torch.float64)
    expected = log_normal(z, mu.repeat(6, 1), logvar.repeat(6, 1))
    torch.testing.assert_close(log_normal(z, mu, logvar), expected)
    torch.testing.assert_close(log_normal(z[:1], mu.repeat(6, 1), logvar.repeat(6, 1))[0], expected[0])
    zero = torch.zeros(1, 4, dtype=torch.float64)
    torch.testing.assert_close(log_normal(z, zero, zero), Normal(0.0, 1.0).log_prob(z).sum(dim=1))
    samples = torch.randn(3, 6, 4, dtype=torch.float64)  # (K, N, D)
    assert log_normal(samples, mu, logvar).shape == (3, 6)


@pytest.mark.parametrize("logvar", [-80.0, -20.0, 20.0, 80.0])
def test_log_normal_of_narrow_and_wide_densities(logvar):
    std = math.exp(logvar / 2)
    z, mu = torch.tensor([[1.5 * std, 0.0]]), torch.zeros(1, 2)
    value = log_normal(z, mu, torch.full((1, 2), logvar)).item()
    assert value == pytest.approx(-logvar - math.log(2 * math.pi) - 1.125, rel=1e-5)


def test_log_normal_integrates_to_one():
    z = torch.linspace(-20, 24, 10001, dtype=torch.float64)[:, None]
    mu, logvar = torch.tensor([[2.0]], dtype=torch.float64), torch.tensor([[1.2]], dtype=torch.float64)
    assert torch.trapezoid(log_normal(z, mu, logvar).exp(), z[:, 0]).item() == pytest.approx(1)


def test_monte_carlo_with_log_normal_agrees_with_the_kl():
    mu, logvar = torch.tensor([[0.7, -1.2]]), torch.tensor([[-0.8, 0.5]])
    z = mu + (logvar / 2).exp() * torch.randn(40000, 2)
    zero = torch.zeros(1, 2)
    difference = log_normal(z, mu, logvar) - log_normal(z, zero, zero)
    margin = 4 * difference.std().item() / 200
    assert difference.mean().item() == pytest.approx(kl_divergence(mu, logvar).item(), abs=margin)
