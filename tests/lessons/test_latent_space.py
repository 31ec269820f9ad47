"""Lesson 06: drawing, mixing, traversing, mapping."""

import math

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged
from sklearn.decomposition import PCA
from torch import nn

from vae_course.latent_space import generate, interpolate_images, latent_grid, lerp, project, slerp, traverse
from vae_course.sampling import sample_prior


class Toy(nn.Module):
    """Encodes a picture to two of its pixels and decodes by repeating them; the posterior is wide on purpose."""

    def __init__(self):
        super().__init__()
        self.mode = nn.Sequential(nn.Dropout(), nn.Identity())
        self.scale = nn.Parameter(torch.ones(()))
        self.modes = []

    def encode(self, x):
        self.modes.append((self.mode[0].training, torch.is_grad_enabled()))
        return x[:, 0, 0, :2] * self.scale, torch.full((len(x), 2), 9.0)

    def decode(self, z):
        self.modes.append((self.mode[0].training, torch.is_grad_enabled()))
        return (z * self.scale)[:, None, None, :].expand(-1, 1, 3, 2)

    forward = decode


def modes_of(module):
    return [part.training for part in module.modules()]


def seeded(seed=1):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("n", [1, 5])
def test_generate_decodes_draws_from_the_prior(n):
    decoder = Toy()
    decoder.mode[1].eval()
    before = modes_of(decoder)
    with unchanged():
        x = generate(decoder, n, 2, seeded())
    assert x.shape == (n, 1, 3, 2) and not x.requires_grad
    assert torch.equal(x, decoder.decode(sample_prior(n, 2, seeded())).detach())
    assert decoder.modes[0] == (False, False)
    assert modes_of(decoder) == before
    assert not torch.equal(generate(decoder, n, 2), generate(decoder, n, 2))


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_interpolation_walks_between_the_posterior_means(steps):
    model, x0, x1 = Toy(), torch.rand(1, 3, 2), torch.rand(1, 3, 2)
    model.mode[1].eval()
    before = modes_of(model)
    with unchanged(x0, x1):  # hence nothing is drawn
        film = interpolate_images(model, x0, x1, steps)
    assert film.shape == (steps, 1, 3, 2) and not film.requires_grad
    for i, frame in enumerate(film):
        share = i / max(1, steps - 1)
        expected = (1 - share) * x0[0, 0] + share * x1[0, 0]
        torch.testing.assert_close(frame, expected.expand(1, 3, 2))
    assert set(model.modes) == {(False, False)}
    assert modes_of(model) == before


def vectors(d, dtype=torch.float64):
    return torch.randn(d, dtype=dtype), torch.randn(d, dtype=dtype)


@pytest.mark.parametrize("mix", [lerp, slerp])
@pytest.mark.parametrize("d", [1, 2, 128])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mixing_shapes_and_ends(mix, d, dtype):
    z0, z1 = vectors(d, dtype)
    times = torch.linspace(0, 1, 5)
    with unchanged(z0, z1, times):
        path = mix(z0, z1, times)
    assert path.shape == (5, d) and path.dtype == dtype
    for t, z in zip(times.tolist(), path, strict=True):
        assert mix(z0, z1, t).shape == (d,)
        torch.testing.assert_close(mix(z0, z1, t), z)
    torch.testing.assert_close(path[0], z0)
    torch.testing.assert_close(path[-1], z1)
    torch.testing.assert_close(mix(z0, z1, 0), z0)
    torch.testing.assert_close(mix(z1, z0, 0.25), path[3], rtol=1e-4, atol=1e-5)
    assert mix(z0, z1, torch.tensor(0.5)).shape == (d,)


def test_lerp_is_straight_and_goes_beyond_its_ends():
    z0, z1 = torch.tensor([0.0, 2.0]), torch.tensor([4.0, -2.0])
    torch.testing.assert_close(lerp(z0, z1, 0.25), torch.tensor([1.0, 1.0]))
    torch.testing.assert_close(lerp(z0, z1, torch.tensor([-1.0, 2.0])), torch.tensor([[-4.0, 6.0], [8.0, -6.0]]))


@pytest.mark.parametrize("d", [2, 3, 64])
def test_slerp_turns_evenly(d):
    z0, z1 = (z / z.norm() for z in vectors(d))
    path = slerp(z0, z1, torch.linspace(0, 1, 9))
    torch.testing.assert_close(path.norm(dim=1), torch.ones(9, dtype=path.dtype))
    angles = torch.arccos((path[:-1] * path[1:]).sum(dim=1).clamp(-1, 1))
    whole = math.acos(float(z0 @ z1))
    torch.testing.assert_close(angles, torch.full_like(angles, whole / 8), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("t", [-0.5, 0.0, 0.3, 1.0])
def test_slerp_weighs_the_vectors_as_they_are(t):
    z0, z1 = vectors(7)
    z1 = 3 * z1
    w = math.acos(float(z0 @ z1 / math.sqrt(float(z0 @ z0) * float(z1 @ z1))))
    expected = (math.sin((1 - t) * w) * z0 + math.sin(t * w) * z1) / math.sin(w)
    torch.testing.assert_close(slerp(z0, z1, t), expected)


@pytest.mark.parametrize(
    ("z0", "z1"),
    [([1.0, 2.0], [1.0, 2.0]), ([1.0, 2.0], [3.0, 6.0]), ([1.0, 2.0], [-1.0, -2.0]), ([1.0, 2.0], [-0.5, -1.0]),
     ([0.0, 0.0], [1.0, 1.0]), ([1.0, 1.0], [0.0, 0.0]), ([0.1] * 50, [0.3] * 50)],
)  # fmt: skip
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_slerp_is_lerp_where_no_single_arc_exists(z0, z1, dtype):
    z0, z1 = torch.tensor(z0, dtype=dtype), torch.tensor(z1, dtype=dtype)
    times = torch.linspace(0, 1, 5)
    torch.testing.assert_close(slerp(z0, z1, times), lerp(z0, z1, times))
    torch.testing.assert_close(slerp(z0, z1, 0.25), lerp(z0, z1, 0.25))


def test_slerp_of_nearly_parallel_vectors_is_smooth():
    z0 = torch.tensor([1.0, 0.0])
    for angle in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2):
        z1 = torch.tensor([math.cos(angle), math.sin(angle)])
        expected = torch.tensor([math.cos(angle / 2), math.sin(angle / 2)])
        torch.testing.assert_close(slerp(z0, z1, 0.5), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("short", [0.1, 1e-2, 1e-3, 3e-4])
def test_slerp_of_nearly_opposite_vectors_keeps_their_length(short):
    z0, z1 = torch.tensor([1.0, 0.0]), torch.tensor([math.cos(math.pi - short), math.sin(math.pi - short)])
    torch.testing.assert_close(slerp(z0, z1, torch.linspace(0, 1, 5)).norm(dim=1), torch.ones(5), rtol=0, atol=2e-3)


@pytest.mark.parametrize("mix", [lerp, slerp])
def test_mixing_lets_gradients_through(mix):
    z0, z1 = (z.requires_grad_() for z in vectors(4))
    assert torch.autograd.gradcheck(lambda a, b: mix(a, b, 0.3), (z0, z1))


@pytest.mark.parametrize(
    "values", [[-1.0, 0.0, 2.5], (3,), range(-2, 3), torch.linspace(-3, 3, 7), np.array([0.5, 1.5]), []], ids=repr
)
@pytest.mark.parametrize("dim", [0, 3])
def test_traverse_replaces_one_coordinate(values, dim):
    z = torch.randn(4)
    with unchanged(z):
        codes = traverse(z, dim, values)
    assert codes.shape == (len(values), 4) and codes.dtype == z.dtype
    for code, value in zip(codes.tolist(), values, strict=True):
        expected = z.tolist()
        expected[dim] = pytest.approx(float(value))
        assert code == expected


def test_traverse_in_one_dimension_copies():
    z = torch.ones(1)
    codes = traverse(z, 0, [5.0])
    codes += 1
    assert z.tolist() == [1] and codes.tolist() == [[6]]


@pytest.mark.parametrize(("steps", "limit"), [(2, 2.0), (3, 2.0), (5, 1.0), (4, 3.0)])
def test_latent_grid_reads_like_a_page(steps, limit):
    grid = latent_grid(steps, limit)
    assert grid.shape == (steps * steps, 2)
    gap = 2 * limit / (steps - 1)
    rows = [[-limit + column * gap, limit - row * gap] for row in range(steps) for column in range(steps)]
    torch.testing.assert_close(grid, torch.tensor(rows))
    assert torch.equal(latent_grid(steps), latent_grid(steps, 2.0))


@pytest.mark.parametrize("shape", [(30, 2), (30, 6), (4, 9), (2, 3)])
def test_pca_map_is_that_of_sklearn_up_to_signs(shape):
    z = torch.randn(shape) * torch.arange(1, shape[1] + 1) + 5
    with unchanged(z):
        points = project(z)
    expected = PCA(2).fit_transform(z.numpy())
    assert points.shape == (len(z), 2)
    np.testing.assert_allclose(points.abs().numpy(), np.abs(expected), rtol=1e-3, atol=1e-3)
    assert torch.equal(points, project(z, "pca"))


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("shape", [(12, 1), (5, 1)])
def test_codes_of_one_dimension_have_a_map_too(method, shape):
    assert project(torch.randn(shape), method).shape == (shape[0], 2)


def test_a_single_code_has_a_map_too():
    assert project(torch.randn(1, 4)).shape == (1, 2)


def test_tsne_keeps_groups_apart_and_follows_its_seed():
    z = torch.randn(40, 5) * 0.1 + torch.arange(2).repeat(20)[:, None] * 8
    with unchanged(z):
        points = project(z, "tsne")
    assert points.shape == (40, 2) and points.dtype == torch.float32
    even, odd = points[::2], points[1::2]
    assert torch.cdist(even, odd).min() > torch.pdist(even).median()
    assert torch.equal(points, project(z, "tsne", seed=0))


@pytest.mark.parametrize("n", [3, 8])
def test_tsne_of_a_few_codes(n):
    points = project(torch.randn(n, 4), "tsne")
    assert points.shape == (n, 2) and points.isfinite().all()


def test_another_method_is_an_error():
    with pytest.raises(ValueError, match=r"'umap'.*pca, tsne"):
        project(torch.randn(5, 3), "umap")
