"""Lesson 10: the straight path, its velocity, and the way along it; against closed forms, SciPy and statistics."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged
from scipy.integrate import quad, solve_ivp
from scipy.linalg import sqrtm
from scipy.spatial.distance import mahalanobis
from scipy.stats import kstest

from vae_course.faces import draw_gaussian, fit_latent_gaussian
from vae_course.flow import Flow, VelocityField, flow_matching_loss, integrate, path, train_flow, unwhiten, whiten

MEAN = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
COVARIANCE = torch.tensor([[2.0, 0.6, 0.0], [0.6, 0.5, -0.2], [0.0, -0.2, 0.3]], dtype=torch.float64)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def to_gaussian(x, t):
    """The best velocity where x1 ~ N(MEAN, COVARIANCE): E[x1 - x0 | x_t = x], one Gaussian's regression on another."""
    t = t[:, None, None]
    cross = t * COVARIANCE - (1 - t) * torch.eye(3)  # cov(x1 - x0, x_t)
    within = t**2 * COVARIANCE + (1 - t) ** 2 * torch.eye(3)  # cov(x_t)
    offset = (x - t[..., 0] * MEAN).unsqueeze(-1)  # (N, D, 1)
    return MEAN + (cross @ torch.linalg.solve(within, offset)).squeeze(-1)


# path


def test_path_goes_from_one_end_to_the_other_row_by_row():
    x0, x1, t = torch.randn(5, 3), torch.randn(5, 3), torch.rand(5)
    with unchanged(x0, x1, t):
        between = path(x0, x1, t)
        assert torch.equal(path(x0, x1, 0.0), x0) and torch.equal(path(x0, x1, 1.0), x1)
        ends = path(x0, x1, torch.tensor([0.0, 1.0, 0.0, 1.0, 0.0]))
    assert torch.equal(ends, torch.stack([x0[0], x1[1], x0[2], x1[3], x0[4]]))
    for k in range(5):
        expected = [a + t[k].item() * (b - a) for a, b in zip(x0[k].tolist(), x1[k].tolist(), strict=True)]
        np.testing.assert_allclose(between[k], expected, atol=1e-6)


@pytest.mark.parametrize("t", [0.3, torch.tensor(0.3), torch.full((3,), 0.3)])
def test_a_number_is_the_same_time_for_all(t):
    x0, x1 = torch.zeros(3, 3, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
    between = path(x0, x1, t)
    assert between.dtype == torch.float64
    torch.testing.assert_close(between, 0.3 * x1, rtol=1e-6, atol=0)


# the loss


class Recorder:
    """A velocity that keeps what it was asked."""

    def __init__(self, answer=torch.zeros_like):
        self.answer, self.asked = answer, []

    def __call__(self, x, t):
        self.asked.append((x.detach().clone(), t.detach().clone()))
        return self.answer(x)


def test_loss_is_the_squared_distance_summed_over_dimensions_to_the_ways_own_velocity():
    x1, velocity = torch.randn(200, 3, dtype=torch.float64), Recorder(torch.sin)
    with unchanged(x1):
        loss = flow_matching_loss(velocity, x1, generator())
    ((x, t),) = velocity.asked
    assert x.shape == (200, 3) and t.shape == (200,)
    x0 = (x.numpy() - t.numpy()[:, None] * x1.numpy()) / (1 - t.numpy()[:, None])
    expected = ((np.sin(x.numpy()) - (x1.numpy() - x0)) ** 2).sum(axis=1).mean()
    assert loss.shape == () and loss.item() == pytest.approx(expected)


def test_each_code_gets_noise_and_a_time_of_its_own():
    velocity, x1 = Recorder(), torch.full((4000, 2), 5.0, dtype=torch.float64)
    flow_matching_loss(velocity, x1, generator())
    ((x, t),) = velocity.asked
    x0 = (x - t[:, None] * x1) / (1 - t[:, None])
    assert kstest(t, "uniform").pvalue > 0.01
    assert kstest(x0.flatten(), "norm").pvalue > 0.01
    correlations = torch.corrcoef(torch.cat([x0, t[:, None]], dim=1).T) - torch.eye(3)
    assert correlations.abs().max() < 4 / math.sqrt(4000)


def test_chance_comes_from_the_generator_or_from_torchs_own():
    x1, velocity = torch.randn(4, 3), VelocityField(3, width=8, depth=1)
    one, again, other = (flow_matching_loss(velocity, x1, generator(seed)) for seed in (0, 0, 1))
    assert one == again and one != other
    torch.manual_seed(3)
    one = flow_matching_loss(velocity, x1)
    assert one != flow_matching_loss(velocity, x1)
    torch.manual_seed(3)
    assert one == flow_matching_loss(velocity, x1)


def test_the_loss_of_the_best_velocity_is_the_variance_that_no_velocity_explains():
    x1 = draw_gaussian(MEAN, COVARIANCE, 20_000, generator())
    best = flow_matching_loss(to_gaussian, x1, generator(1)).item()
    variances = np.linalg.eigvalsh(COVARIANCE)
    expected = sum(quad(lambda t, s=s: s / ((1 - t) ** 2 + t**2 * s), 0, 1)[0] for s in variances)
    assert expected == pytest.approx(math.pi / 2 * np.trace(sqrtm(COVARIANCE.numpy())).real)
    assert best == pytest.approx(expected, rel=0.02)
    for change in (0.3, -0.3):
        worse = flow_matching_loss(lambda x, t, change=change: to_gaussian(x, t) + change, x1, generator(1)).item()
        assert worse - best == pytest.approx(3 * change**2, abs=0.1) and worse > best


def test_gradients_reach_the_velocitys_weights():
    field = VelocityField(3, width=8, depth=1)
    flow_matching_loss(field, torch.randn(16, 3), generator()).backward()
    assert all(weights.grad is not None and weights.grad.abs().sum() > 0 for weights in field.parameters())


# the way


ROTATION = torch.tensor([[0.0, -2.0], [2.0, -0.5]], dtype=torch.float64)


def linear(x, t):
    return x @ ROTATION.T


def errors(method, velocity, x0, exact):
    ends = [integrate(velocity, x0, steps, method)[-1] for steps in (20, 40, 80)]
    return [(end - exact).norm().item() for end in ends]


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("heun", 2)])
def test_the_error_falls_with_the_step_or_with_its_square(method, order):
    x0 = torch.randn(4, 2, dtype=torch.float64, generator=generator())
    noise = torch.randn(4, 3, dtype=torch.float64, generator=generator())
    root = torch.from_numpy(sqrtm(COVARIANCE.numpy()).real)
    for found in (
        errors(method, linear, x0, x0 @ torch.matrix_exp(ROTATION).T),
        errors(method, to_gaussian, noise, MEAN + noise @ root),  # no code crosses another's way: x1 is linear in x0
    ):
        ratios = [coarse / fine for coarse, fine in pairwise(found)]
        assert ratios == pytest.approx([2**order] * 2, rel=0.15)


def test_the_way_is_scipys():
    def velocity(x, t):
        return torch.sin(3 * x) + torch.cos(5 * t)[:, None] * x.flip(1)

    x0 = torch.randn(3, 2, dtype=torch.float64, generator=generator())
    way = integrate(velocity, x0, 400)
    assert way.shape == (401, 3, 2)
    for k, start in enumerate(x0):

        def slope(t, x):
            return velocity(torch.from_numpy(x)[None], torch.tensor([t], dtype=torch.float64))[0].numpy()

        exact = solve_ivp(slope, (0, 1), start.numpy(), t_eval=np.linspace(0, 1, 401), rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(way[:, k], exact.y.T, atol=1e-4)


@pytest.mark.parametrize(("method", "expected"), [("euler", 0.5), ("heun", 1.0)])
def test_one_step_asks_for_the_time_where_it_stands_and_heun_for_where_it_arrives(method, expected):
    way = integrate(lambda x, t: torch.ones_like(x) * (0.5 + t[:, None]), torch.zeros(2, 1), 1, method)
    assert way[:, :, 0].tolist() == [[0, 0], [expected, expected]]


@pytest.mark.parametrize("method", ["euler", "heun"])
def test_each_evaluation_is_at_a_whole_number_of_steps(method):
    velocity, x0 = Recorder(torch.ones_like), torch.randn(2, 3)
    with unchanged(x0):
        way = integrate(velocity, x0, 49, method)  # 49 times 1/49 in floats is not 1
    assert torch.equal(way[0], x0)
    times = [t for _, t in velocity.asked]
    wanted = [k / 49 for k in range(49)] if method == "euler" else [(k + j) / 49 for k in range(49) for j in (0, 1)]
    assert torch.equal(torch.stack(times), torch.tensor(wanted)[:, None].expand(-1, 2))


def test_gradients_flow_along_the_way():
    x0 = torch.randn(2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: integrate(lambda x, t: torch.sin(x) * t[:, None], x, 3), x0)


@pytest.mark.parametrize("arguments", [{"method": "rk4"}, {"steps": 0}, {"steps": -1}])
def test_what_is_no_way_is_an_error(arguments):
    with pytest.raises(ValueError, match=r"rk4|at least 1"):
        integrate(linear, torch.zeros(1, 2), **{"steps": 2, **arguments})


# the network


def test_a_velocity_field_answers_each_place_at_each_time_alone():
    field = VelocityField(3, width=16, depth=2)
    x, t = torch.randn(5, 3), torch.rand(5)
    with unchanged(x, t):
        together = field(x, t)
    assert together.shape == (5, 3)
    torch.testing.assert_close(together, torch.cat([field(x[k : k + 1], t[k : k + 1]) for k in range(5)]))
    assert not torch.allclose(field(x, t), field(x, t + 0.3)) and not torch.allclose(field(x, t), field(x + 0.3, t))
    assert not torch.allclose(field(x, torch.zeros(5)), field(x, torch.ones(5)))


def test_width_and_depth_are_those_asked_for():
    def layers(**size):
        return [
            tuple(part.weight.shape) for part in VelocityField(3, **size).modules() if isinstance(part, torch.nn.Linear)
        ]

    assert layers(width=16, depth=2).count((16, 16)) == 2 * layers(width=16, depth=1).count((16, 16)) > 0
    assert layers(width=16, depth=1)[-1] == (3, 16)


# whitening


def test_whitened_codes_are_measured_in_standard_deviations():
    z = draw_gaussian(MEAN, COVARIANCE, 50, generator())
    with unchanged(z, MEAN, COVARIANCE):
        x = whiten(z, MEAN, COVARIANCE)
        torch.testing.assert_close(unwhiten(x, MEAN, COVARIANCE), z)
    inverse = np.linalg.inv(COVARIANCE)
    np.testing.assert_allclose(x.norm(dim=1), [mahalanobis(code, MEAN, inverse) for code in z])


def test_the_aggregate_posterior_whitened_has_the_moments_of_noise():
    mu, logvar = torch.randn(4000, 3) @ torch.randn(3, 3) + 2, torch.randn(4000, 3) - 2
    z = mu + (logvar / 2).exp() * torch.randn(4000, 3)
    x = whiten(z, *fit_latent_gaussian(mu, logvar))
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(3), rtol=0, atol=0.07)
    torch.testing.assert_close(torch.cov(x.T), torch.eye(3), rtol=0, atol=0.1)


def test_the_root_is_the_symmetric_one_whatever_the_eigenvectors_signs():
    noise = torch.randn(7, 3, dtype=torch.float64)
    expected = MEAN.numpy() + noise.numpy() @ sqrtm(COVARIANCE.numpy())
    np.testing.assert_allclose(unwhiten(noise, MEAN, COVARIANCE), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_directions_without_variance_stay_without(rank, dtype):
    z = torch.randn(40, rank, dtype=dtype) @ torch.randn(rank, 5, dtype=dtype) + 1
    mean, covariance = z.mean(dim=0), torch.cov(z.T)
    x = whiten(z, mean, covariance)
    assert x.dtype == dtype and x.isfinite().all()
    np.testing.assert_allclose(torch.linalg.eigvalsh(torch.cov(x.T)), [0] * (5 - rank) + [1] * rank, atol=1e-3)
    torch.testing.assert_close(unwhiten(x, mean, covariance), z, rtol=1e-3, atol=1e-3)


def test_what_leaves_the_plane_of_the_codes_is_not_blown_up():
    x = whiten(torch.tensor([[3.0, 1.0]]), torch.zeros(2), torch.diag(torch.tensor([4.0, 1e-12])))
    torch.testing.assert_close(x, torch.tensor([[1.5, 0.0]]))


# all together


def two_clusters(n=3000):
    """7 codes in 10 near (2, 2), the others near (-2, 0): what no Gaussian is."""
    side = (torch.arange(n) % 10 < 7).double()
    centres = torch.stack([4 * side - 2, 2 * side], dim=1).float()
    return centres + 0.2 * torch.randn(n, 2, generator=generator(5)), torch.full((n, 2), 2 * math.log(0.2))


def shares(z):
    """Of codes within 1 of the first centre, of the second, and of neither."""
    first, second = ((z - torch.tensor(centre)).norm(dim=1) < 1 for centre in ([2.0, 2.0], [-2.0, 0.0]))
    return [part.double().mean().item() for part in (first, second, ~first & ~second)]


SMALL = {"steps": 400, "width": 64, "depth": 2, "learning_rate": 5e-3}


def test_a_flow_finds_both_clusters_where_a_gaussian_finds_the_gap_between_them():
    mu, logvar = two_clusters()
    before = mu.clone(), logvar.clone()
    flow = train_flow(mu, logvar, **SMALL, generator=generator())
    z = flow.draw(4000, generator(1))
    assert torch.equal(mu, before[0]) and torch.equal(logvar, before[1])
    assert z.shape == (4000, 2)
    assert shares(draw_gaussian(flow.mean, flow.covariance, 4000, generator(1)))[2] > 0.4
    assert shares(z) == pytest.approx([0.7, 0.3, 0], abs=0.05)
    spread = z[z[:, 0] > 0].std(dim=0)
    assert spread.tolist() == pytest.approx([math.sqrt(0.08)] * 2, rel=0.3)  # the means' variance and the posteriors'


def test_the_same_seed_gives_the_same_flow_and_the_same_draws():
    mu, logvar = two_clusters(30)
    one, again, other = (train_flow(mu, logvar, 3, 8, width=8, depth=1, generator=generator(k)) for k in (0, 0, 1))
    for name, weights in one.velocity.state_dict().items():
        assert torch.equal(weights, again.velocity.state_dict()[name])
    assert torch.equal(one.draw(5, generator()), again.draw(5, generator()))
    assert not torch.equal(one.draw(5, generator()), other.draw(5, generator()))


def test_drawing_follows_the_velocity_and_leaves_no_trace():
    mu, logvar = two_clusters(30)
    flow = train_flow(mu, logvar, 3, 8, width=8, depth=1, generator=generator())
    flow.velocity.train()
    for method in ("euler", "heun"):
        noise = torch.randn(6, 2, generator=generator(2))
        expected = unwhiten(integrate(flow.velocity, noise, 4, method)[-1], flow.mean, flow.covariance)
        z = flow.draw(6, generator(2), steps=4, method=method)
        torch.testing.assert_close(z, expected)
        assert not z.requires_grad and flow.velocity.training


def test_drawing_is_in_eval_mode():
    class Dropping(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Dropout(0.5)

        def forward(self, x, t):
            return self.layer(x)

    noise = torch.randn(6, 2, generator=generator())
    z = Flow(Dropping(), torch.zeros(2), torch.eye(2)).draw(6, generator(), steps=1, method="euler")
    torch.testing.assert_close(z, 2 * noise)


@pytest.mark.parametrize(("n", "d"), [(2, 3), (40, 1)])
def test_few_codes_and_few_dimensions_do(n, d):
    mu = torch.randn(n, d)
    flow = train_flow(mu, torch.full((n, d), -30.0), 3, 16, width=8, depth=1)
    assert flow.draw(5).isfinite().all()
