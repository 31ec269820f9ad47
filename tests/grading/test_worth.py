"""What typical mistakes leave of an exercise's points: a third where an answer can't serve, two where it is a slip."""

from pathlib import Path

import pytest
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.grading.score import score_here

ANSWERS = Path(__file__).parents[1] / "answers"
USELESS, SLIP = (0.15, 1 / 3), (0.6, 0.7)  # shares of the exercise's points
LITTLE = (0.75, 0.99)
FIGURES = {  # exercise -> answer of the bank -> the share that it keeps, between these
    "to_unit_range": {
        "no_division": USELESS,
        "minus_one_one": USELESS,
        "reshape": USELESS,
        "256": SLIP,
        "float64": SLIP,
        "grey": LITTLE,
    },
    "center_crop": {
        "corner": USELESS,
        "round_up": (0.7, 0.8),
        "no_error": LITTLE,
    },
    "split_indices": {
        "overlap": USELESS,
        "not_shuffled": USELESS,
        "swapped": SLIP,
        "no_seed": SLIP,
        "floor": LITTLE,
        "sorted": LITTLE,
        "global_seed": LITTLE,
    },
    "minibatches": {
        "tensor_dataset": SLIP,
        "in_order": USELESS,
        "one_batch": USELESS,
        "last_dropped": SLIP,
        "same_order": SLIP,
        "shuffled_inside": SLIP,
        "generator_ignored": LITTLE,
    },
    "conv_output_size": {
        "no_plus_one": USELESS,
        "ceil": USELESS,
        "float": SLIP,
        "rounded_float": SLIP,
    },
    "ConvEncoder": {
        "detached": USELESS,
        "no_grad": USELESS,
        "only_mu": USELESS,
        "shared_head": USELESS,
        "softplus": USELESS,
        "relu_heads": USELESS,
        "heads_in_dict": USELESS,
        "not_flat": SLIP,
        "tanh_mu": SLIP,
        "linear": SLIP,
        "pooling": LITTLE,
    },
    "ConvDecoder": {
        "detached": USELESS,
        "numpy": USELESS,
        "no_sigmoid": USELESS,
        "sigmoid_twice": USELESS,
        "first_in_list": USELESS,
        "clamp": SLIP,
        "linear": SLIP,
        "powers_of_two": SLIP,
        "not_mirrored": LITTLE,
    },
    "reparameterize": {
        "sample": USELESS,
        "numpy": USELESS,
        "no_noise": USELESS,
        "seed_inside": USELESS,
        "variance": USELESS,
        "shared_rows": SLIP,
        "uniform_unit": SLIP,
        "generator_ignored": LITTLE,
        "with_generator": LITTLE,
        "no_noise_without_gradients": LITTLE,
    },
    "kl_divergence": {
        "numpy": USELESS,
        "detached": USELESS,
        "half": (0.3, 1 / 3),
        "sign": USELESS,
        "sigma": USELESS,
        "zeros": (0.0, 0.25),
        "keepdim": SLIP,
    },
    "reconstruction_loss": {
        "mean_pixels": USELESS,
        "keepdim": SLIP,
        "half_mse": LITTLE,
        "no_error": LITTLE,
    },
    "vae_loss": {
        "floats": USELESS,
        "subtracted": USELESS,
        "half": USELESS,
        "no_beta": LITTLE,
        "part_unanswered": (0.0, 0.0),
    },
    "log_normal": {
        "constant": USELESS,
        "keepdim": SLIP,
    },
    "train_step": {
        "no_step": USELESS,
        "pixel_mean": USELESS,
        "no_zero_grad": SLIP,
        "after": LITTLE,
        "tensors": LITTLE,
    },
    "evaluate": {
        "mean_of_means": SLIP,
        "gradients_on": LITTLE,
    },
    "EarlyStopping": {
        "higher": USELESS,
        "no_reset": SLIP,
        "min_delta_ignored": LITTLE,
    },
    "checkpoint": {
        "settings_lost": LITTLE,
        "new_model": USELESS,
        "no_optimizer": SLIP,
        "parameters_only": SLIP,
        "no_epoch": LITTLE,
    },
    "generate": {
        "same_z": USELESS,
        "uniform": SLIP,
        "train_mode": LITTLE,
        "generator_ignored": LITTLE,
        "gradients": LITTLE,
    },
    "lerp": {
        "midpoint": USELESS,
        "swapped": SLIP,
        "numpy": SLIP,
        "only_numbers": SLIP,
        "clamped": LITTLE,
    },
    "slerp": {
        "lerp": USELESS,
        "normalised": USELESS,
        "swapped": SLIP,
        "only_numbers": SLIP,
        "nan": LITTLE,
    },
    "interpolate_images": {
        "pixels": USELESS,
        "samples": SLIP,
        "reversed": SLIP,
        "open_end": SLIP,
        "left_in_eval": LITTLE,
    },
    "traverse": {
        "adds": USELESS,
        "numpy": SLIP,
        "in_place": LITTLE,
    },
    "latent_grid": {
        "open": USELESS,
        "not_flat": SLIP,
        "upside_down": SLIP,
        "swapped": SLIP,
        "default": LITTLE,
    },
    "beta_schedule": {
        "falls": USELESS,
        "clipped": USELESS,
        "next_step": SLIP,
        "no_limit": SLIP,
        "division": LITTLE,
    },
    "kl_per_dimension": {
        "half": USELESS,
        "sum": USELESS,
        "per_image": USELESS,
        "keepdim": SLIP,
        "numpy": SLIP,
    },
    "active_units": {
        "std": USELESS,
        "second_moment": SLIP,
        "not_an_int": SLIP,
        "biased": LITTLE,
    },
    "frechet_distance": {
        "root": USELESS,
        "means_only": USELESS,
        "variances": USELESS,
        "complex": SLIP,
        "one_by_one": SLIP,
        "biased": LITTLE,
    },
    "nearest_neighbours": {
        "farthest": USELESS,
        "absolute": USELESS,
        "keepdim": SLIP,
    },
    "importance_weighted_bound": {
        "elbo": USELESS,
        "no_k": USELESS,
        "naive": USELESS,
        "global_maximum": SLIP,
        "keepdim": SLIP,
    },
    "attribute_direction": {
        "reversed": USELESS,
        "sums": USELESS,
        "from_all": SLIP,
        "normalised": SLIP,
        "keepdim": SLIP,
        "nan": LITTLE,
    },
    "apply_attribute": {
        "no_strength": USELESS,
        "minus": USELESS,
        "in_place": (0.7, 0.75),
    },
    "fit_latent_gaussian": {
        "no_widths": USELESS,
        "diagonal": USELESS,
        "sigma": USELESS,
        "biased": LITTLE,
    },
}
WORTH = {(name, f"wrong_{answer}"): share for name, answers in FIGURES.items() for answer, share in answers.items()}
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
