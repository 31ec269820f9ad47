"""What typical mistakes leave of an exercise's points: a third where an answer can't serve, two where it is a slip."""

from pathlib import Path

import pytest
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.grading.score import score_here

ANSWERS = Path(__file__).parents[1] / "answers"
USELESS, SLIP = (0.15, 1 / 3), (0.6, 0.7)  # shares of the exercise's points
LITTLE = (0.75, 0.99)
WORTH = {
    ("kl_divergence", "wrong_numpy"): USELESS,
    ("kl_divergence", "wrong_detached"): USELESS,
    ("kl_divergence", "wrong_half"): (0.3, 1 / 3),
    ("kl_divergence", "wrong_sign"): USELESS,
    ("kl_divergence", "wrong_sigma"): USELESS,
    ("kl_divergence", "wrong_zeros"): (0.0, 0.25),
    ("kl_divergence", "wrong_keepdim"): SLIP,
    ("reconstruction_loss", "wrong_mean_pixels"): USELESS,
    ("reconstruction_loss", "wrong_keepdim"): SLIP,
    ("reconstruction_loss", "wrong_half_mse"): LITTLE,
    ("reconstruction_loss", "wrong_no_error"): LITTLE,
    ("vae_loss", "wrong_floats"): USELESS,
    ("vae_loss", "wrong_subtracted"): USELESS,
    ("vae_loss", "wrong_half"): USELESS,
    ("vae_loss", "wrong_no_beta"): LITTLE,
    ("vae_loss", "wrong_part_unanswered"): (0.0, 0.0),
    ("log_normal", "wrong_constant"): USELESS,
    ("log_normal", "wrong_keepdim"): SLIP,
    ("reparameterize", "wrong_sample"): USELESS,
    ("reparameterize", "wrong_numpy"): USELESS,
    ("reparameterize", "wrong_no_noise"): USELESS,
    ("reparameterize", "wrong_seed_inside"): USELESS,
    ("reparameterize", "wrong_variance"): USELESS,
    ("reparameterize", "wrong_shared_rows"): SLIP,
    ("reparameterize", "wrong_uniform_unit"): SLIP,
    ("reparameterize", "wrong_generator_ignored"): LITTLE,
    ("reparameterize", "wrong_with_generator"): LITTLE,
    ("reparameterize", "wrong_no_noise_without_gradients"): LITTLE,
    ("ConvEncoder", "wrong_detached"): USELESS,
    ("ConvEncoder", "wrong_no_grad"): USELESS,
    ("ConvDecoder", "wrong_detached"): USELESS,
    ("ConvDecoder", "wrong_numpy"): USELESS,
    ("checkpoint", "wrong_settings_lost"): LITTLE,
    ("minibatches", "wrong_tensor_dataset"): SLIP,
}
HALVED = """
import torch.nn.functional as F

def kl_divergence(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)

def reconstruction_loss(x, x_hat, kind="bce"):
    losses = {"bce": F.binary_cross_entropy, "mse": F.mse_loss, "l1": F.l1_loss}
    return losses[kind](x_hat, x, reduction="none").flatten(1).mean(dim=1)

def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = kl_divergence(mu, logvar).mean()
    return reconstruction + beta * kl, reconstruction, kl
"""
BACKWARDS = """
import torch

def lerp(z0, z1, t):
    t = torch.as_tensor(t).unsqueeze(-1)
    return t * z0 + (1 - t) * z1

def slerp(z0, z1, t):
    omega = torch.arccos(((z0 @ z1) / (z0.norm() * z1.norm())).clamp(-1, 1))
    if omega.sin() < 1e-4:
        return lerp(z0, z1, t)
    t = torch.as_tensor(t).unsqueeze(-1)
    return (((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1) / omega.sin()

def interpolate_images(model, x0, x1, steps):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x0, x1]))
        film = model.decode(lerp(mu[0], mu[1], torch.linspace(0, 1, steps)))
    for module, mode in modes.items():
        module.training = mode
    return film
"""


@pytest.fixture(scope="module")
def shares():
    """(exercise, answer) -> its share of the exercise's points."""
    files = [(name, ANSWERS / name / f"{stem}.py") for name, stem in WORTH]
    return {(one.exercise, Path(one.file).stem): one.points / one.most for one in score_here(files, CHECKS)}


@pytest.mark.parametrize("answer", WORTH, ids="/".join)
def test_a_mistake_costs_what_it_spoils(shares, answer):
    least, most = WORTH[answer]
    assert least - 1e-3 <= shares[answer] <= most + 1e-3


@pytest.mark.parametrize(
    ("source", "full", "charged"),
    [
        (HALVED, ["vae_loss"], ["kl_divergence", "reconstruction_loss"]),
        (BACKWARDS, ["slerp", "interpolate_images"], ["lerp"]),
    ],
    ids=["vae_loss", "lerp"],
)
def test_one_error_one_price(tmp_path, source, full, charged):
    file = tmp_path / "answer.py"
    file.write_text(source)
    scores = score_here([(name, file) for name in (*full, *charged)], CHECKS)
    assert {one.exercise for one in scores if one.points == one.most} == set(full)


def test_own_parts_excuse_only_themselves(tmp_path):
    """Built on wrong parts and wrong by itself too: that is charged."""
    file = tmp_path / "answer.py"
    file.write_text(HALVED.replace("kl_divergence(mu, logvar).mean()", "kl_divergence(mu, logvar).sum()"))
    (score,) = score_here([("vae_loss", file)], CHECKS)
    assert score.points <= score.most / 3 + 1e-3


def test_points_and_tests_add_up(tmp_path):
    file = ANSWERS / "kl_divergence" / "wrong_numpy.py"
    (score,) = score_here([("kl_divergence", file)], CHECKS)
    told = score.as_dict("en")
    assert told["score"] == pytest.approx(EXERCISES["kl_divergence"].points / 3, abs=1e-3)
    assert sum(test["score"] for test in told["tests"]) == pytest.approx(told["score"], abs=1e-3)
    assert sum(test["points"] for test in told["tests"]) == pytest.approx(told["max_score"], abs=1e-3)
