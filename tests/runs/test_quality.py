"""What `evaluate --full` says of samples, against independent ways to the same numbers."""

import json
import math

import pytest
import torch
from helpers import runs as tiny
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from torch import Tensor
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence

from vae_course import data, presets
from vae_course.data import ImageSet
from vae_course.runs import features, quality
from vae_course.vae import build


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=generator(seed))


@pytest.mark.parametrize("shape", [(200, 30), (40, 90)], ids=["more pictures than pixels", "fewer"])
def test_principal_directions_are_those_of_scikit_learn(shape):
    x = normal(*shape) * torch.linspace(3, 0.5, shape[1])
    mean, axes = quality.principal(x.double(), 5)
    expected = PCA(5, svd_solver="full").fit(x.double().numpy())
    assert torch.allclose(mean, torch.from_numpy(expected.mean_), atol=1e-6)
    same = (axes.T @ torch.from_numpy(expected.components_).T.double()).abs()  # up to their signs
    assert torch.allclose(same, torch.eye(5, dtype=torch.float64), atol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_pictures_that_are_twice_there_add_no_direction(seed):
    x = normal(20, 300, seed=seed)
    x[7] = x[3]
    mean, axes = quality.principal(x, 19)
    assert torch.allclose(mean, x.mean(dim=0)) and axes.shape == (300, 18)
    assert torch.allclose(axes.T @ axes, torch.eye(18), atol=1e-4)


def test_samples_are_not_judged_by_too_few_pictures(tmp_path):
    data = {"count": 15, "validation_split": 0.2, "test_split": 0.0}
    tiny.write_preset(tmp_path / "few.json", data=data, training={"epochs": 1, "sample_every": 0})
    assert tiny.command_here("train", "few.json", "--out", "run", folder=tmp_path)[0] == 0
    code, _, err = tiny.command_here("evaluate", "run", "--full", folder=tmp_path)
    assert code == 1 and "compares samples with 4 pictures at least: here are 3" in err and err.count("\n") == 1


def test_samples_are_not_judged_by_pictures_of_the_training(tmp_path):
    tiny.write_preset(tmp_path / "tiny.json", training={"epochs": 1, "sample_every": 0})
    assert tiny.command_here("train", "tiny.json", "--out", "run", folder=tmp_path)[0] == 0
    code, _, err = tiny.command_here("evaluate", "run", "--full", "--split", "train", folder=tmp_path)
    assert (code, err.count("\n")) == (1, 1) and "leave out --split train" in err


@pytest.mark.parametrize("name", ["fashion", "celeba"])
def test_who_judges_does_not_hang_on_a_folders_name(tmp_path, name):
    tiny.make_pictures(tmp_path / name)
    path = {"source": "folder", "count": None, "channels": 3, "path": str(tmp_path / name)}
    tiny.write_preset(tmp_path / "own.json", data=path, training={"epochs": 1, "sample_every": 0})
    assert tiny.command_here("train", "own.json", "--out", "run", folder=tmp_path)[0] == 0
    code, out, err = tiny.command_here("evaluate", "run", "--full", folder=tmp_path)
    assert (code, err) == (0, "") and "pixels_frechet_prior" in out
    assert "clothes" not in out and "attributes" not in out


def test_precision_is_the_share_within_a_third_neighbours_distance():
    these, those = 1.5 * normal(80, 3, seed=1), normal(100, 3, seed=2)[:80]
    reach = NearestNeighbors(n_neighbors=4).fit(those).kneighbors(those)[0][:, -1]
    inside = [any((a - b).norm() <= r for b, r in zip(those, reach, strict=True)) for a in these]
    assert 0.2 < quality.precision(these, those) < 0.95
    assert quality.precision(these, those) == pytest.approx(sum(inside) / 80)
    assert quality.precision(those, those) == 1
    assert quality.precision(those + 100, those) == 0


def test_copies_are_at_no_distance_and_pictures_like_those_held_back_at_the_usual_one():
    seen, held_back = normal(300, 4, seed=1), normal(200, 4, seed=2)
    assert quality.copies(seen[:50], seen, held_back) == pytest.approx(0, abs=1e-3)
    assert quality.copies(held_back, seen, held_back) == pytest.approx(1)
    assert quality.copies(normal(200, 4, seed=3), seen, held_back) == pytest.approx(1, abs=0.15)


def test_the_bound_is_log_p_of_x_where_the_posterior_is_exact():
    """A linear decoder with orthogonal columns: log p(x), and a diagonal posterior, are known."""
    columns = torch.linalg.qr(normal(12, 2))[0] * torch.tensor([2.0, 0.7])
    x = (normal(6, 2, seed=1) @ columns.T + 0.3 * normal(6, 12, seed=2)).view(6, 1, 3, 4)

    def decode(z):
        return (z @ columns.T).view(-1, 1, 3, 4)

    variance = 0.1
    for _ in range(50):  # the variance is measured with the posterior's own noise: find the one that agrees with itself
        precisions = 1 + columns.square().sum(dim=0) / variance
        mu, logvar = x.flatten(1) @ columns / variance / precisions, -precisions.log().expand(6, 2)
        z = mu + (0.5 * logvar).exp() * torch.randn(6, 2, generator=generator(3))
        variance = (x - decode(z)).square().mean().item()
    exact = MultivariateNormal(torch.zeros(12), columns @ columns.T + variance * torch.eye(12)).log_prob(x.flatten(1))
    found = quality.bounds(decode, x, mu, logvar, "gaussian", generator(3), draws=4)
    exactly = pytest.approx(exact.mean().item(), abs=1e-3)
    assert (found["elbo"], found["bound"]) == (exactly, exactly)
    worse = quality.bounds(decode, x, mu + 0.2, logvar, "gaussian", generator(3), draws=4)
    assert worse["elbo"] < worse["bound"] - 0.05 < found["bound"] - 0.1


def test_the_elbo_beside_the_bound_is_that_of_the_same_pictures():
    x, mu, logvar = (normal(4, 1, 2, 3) > 0).float(), 0.5 * normal(4, 2), torch.full((4, 2), -0.5)

    def decode(z: Tensor) -> Tensor:
        return (z @ normal(6, 2).T).sigmoid().view(-1, 1, 2, 3)

    found = quality.bounds(decode, x, mu, logvar, "bce", generator(), draws=20_000)
    z = mu + (0.5 * logvar).exp() * torch.randn(20_000, 4, 2, generator=generator(1))
    likelihood = Bernoulli(decode(z.flatten(0, 1)).view(20_000, 4, 1, 2, 3)).log_prob(x).sum(dim=(2, 3, 4)).mean()
    posterior = Normal(mu, (0.5 * logvar).exp())
    kl = kl_divergence(posterior, Normal(torch.zeros(4, 2), 1.0)).sum() / 4
    assert found["elbo"] == pytest.approx((likelihood - kl).item(), abs=0.02)


def test_the_bound_of_bernoulli_pixels_that_no_code_changes_is_their_log_likelihood():
    x = (normal(5, 1, 2, 3) > 0).float()
    p, nothing = 0.8, torch.zeros(5, 2)
    found = quality.bounds(lambda z: torch.full((len(z), 1, 2, 3), p), x, nothing, nothing, "bce", generator(), draws=3)
    expected = pytest.approx(((x * math.log(p) + (1 - x) * math.log(1 - p)).sum().item()) / 5, abs=1e-4)
    assert (found["elbo"], found["bound"]) == (expected, expected)


@pytest.mark.slow
def test_evaluate_full_says_all_of_it_and_keeps_it_in_the_run(tmp_path):
    tiny.write_preset(tmp_path / "small.json", data={"count": 400}, training={"loss": "gaussian"})
    assert tiny.command("train", "small.json", folder=tmp_path)[0] == 0
    code, out, err = tiny.command("evaluate", "runs/small", "--full", "--json", folder=tmp_path)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert json.loads((tmp_path / "runs" / "small" / "metrics.json").read_text()) == found
    added = {"frechet_prior", "frechet_gaussian", "frechet_floor", "precision", "recall", "copies"}
    assert {key for key in found if key.startswith("pixels_")} == {f"pixels_{key}" for key in added}
    assert 0 <= found["pixels_frechet_floor"] < found["pixels_frechet_prior"]
    assert 0 <= found["pixels_precision"] <= 1 and 0 <= found["pixels_recall"] <= 1
    assert found["bound"] > found["elbo"]  # importance weights bound log p(x) more tightly
    plain = json.loads(tiny.command("evaluate", "runs/small", "--json", folder=tmp_path)[1])
    assert plain.items() <= found.items() and not {"elbo", "bound"} & plain.keys()


def test_samples_of_a_refitted_model_lie_beside_all_that_it_learnt(monkeypatch):
    preset = tiny.preset(training={"refit": True, "loss": "l1_mean"})
    images, given = data.load(preset.data), {}
    judges = quality.judges
    monkeypatch.setattr(quality, "judges", lambda name, learnt: given.update(judged_by=learnt) or judges(name, learnt))
    monkeypatch.setattr(quality, "told", lambda seen, real, drawn: given.update(seen=seen, real=real) or {})
    quality.judge_samples(build(preset, generator()), images, preset, images.test)
    assert torch.equal(given["judged_by"], images.images[images.train])
    assert len(given["seen"]) == len(images.train) + len(images.validation) and len(given["real"]) == len(images.test)


def test_a_judge_learns_to_tell_dark_pictures_from_bright_ones():
    right = torch.arange(200) % 2
    grey = (right * 120 + 40)[:, None, None, None] + torch.randint(0, 60, (200, 8, 8, 1), generator=generator())
    part = torch.arange(200)
    images = ImageSet(
        "two", grey.byte(), part[:150], part[150:175], part[175:], labels=right, classes=("dark", "bright")
    )
    judge = features.train(images, epochs=4)
    assert features.accuracy(judge, images, images.test) == 1
    assert features.baseline(images, images.test) == pytest.approx(0.52)
    assert not judge.training


@pytest.mark.parametrize("name", features.PRESETS)
def test_a_shipped_judge_sees_each_picture_alone(name):
    judge, about = features.load(name), features.about(name)
    x = torch.rand(6, about["channels"], about["side"], about["side"], generator=generator())
    with torch.no_grad():
        together, alone = judge.features(x), torch.cat([judge.features(one[None]) for one in x])
    assert together.shape == (6, 128)
    assert torch.allclose(together, alone, atol=1e-5)
    assert (features.JUDGES / f"{name}.safetensors").stat().st_size < 400_000


@pytest.mark.images
@pytest.mark.slow
@pytest.mark.parametrize("name, least", [("clothes", 0.92), ("attributes", 0.86)])
def test_a_shipped_judge_is_as_good_as_its_card_says(name, least):
    images = data.load(presets.load(features.PRESETS[name]).data)
    about = features.about(name)
    accuracy = features.accuracy(features.load(name), images, images.test)
    assert accuracy == pytest.approx(about["accuracy"], abs=5e-4)
    assert accuracy > max(least, about["baseline"])
    assert features.baseline(images, images.test) == pytest.approx(about["baseline"], abs=1e-4)
