"""Every answer of the bank judged, and what typical mistakes leave: a third where it can't serve, two for a slip."""

from pathlib import Path

import pytest
from helpers.answers import ANSWERS, answers, misjudged
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.grading.score import score_here, score_many

pytestmark = pytest.mark.slow

USELESS, SLIP = (0.15, 1 / 3), (0.6, 0.7)  # shares of the exercise's points
LITTLE = (0.75, 0.99)
NOTHING = (0.0, 0.0)  # all that holds is what a function that does nothing has too
KEEPS = {  # exercise -> share that is left -> wrong answers of the bank
    "to_unit_range": {
        USELESS: "no_division minus_one_one reshape",
        SLIP: "256 float64",
        LITTLE: "grey",
    },
    "center_crop": {
        USELESS: "corner",
        LITTLE: "no_error",
        (0.7, 0.8): "round_up",
    },
    "split_indices": {
        USELESS: "overlap not_shuffled",
        SLIP: "swapped no_seed",
        LITTLE: "floor sorted global_seed",
    },
    "minibatches": {
        USELESS: "in_order one_batch",
        SLIP: "tensor_dataset last_dropped same_order shuffled_inside",
        LITTLE: "generator_ignored",
    },
    "conv_output_size": {
        USELESS: "no_plus_one ceil",
        SLIP: "float rounded_float",
    },
    "ConvEncoder": {
        USELESS: "detached no_grad only_mu shared_head softplus relu_heads heads_in_dict",
        SLIP: "not_flat tanh_mu linear",
        LITTLE: "pooling",
    },
    "ConvDecoder": {
        USELESS: "detached numpy no_sigmoid sigmoid_twice first_in_list",
        SLIP: "clamp linear powers_of_two",
        LITTLE: "not_mirrored",
    },
    "reparameterize": {
        USELESS: "sample numpy no_noise seed_inside variance",
        SLIP: "shared_rows uniform_unit",
        LITTLE: "generator_ignored with_generator no_noise_without_gradients",
    },
    "kl_divergence": {
        USELESS: "numpy detached sign sigma",
        SLIP: "keepdim",
        (0.3, 1 / 3): "half",
        (0.0, 0.25): "zeros",
    },
    "reconstruction_loss": {
        USELESS: "mean_pixels",
        SLIP: "keepdim",
        LITTLE: "half_mse no_error",
    },
    "vae_loss": {
        USELESS: "floats subtracted half",
        LITTLE: "no_beta",
        (0.0, 0.0): "part_unanswered",
    },
    "log_normal": {
        USELESS: "constant",
        SLIP: "keepdim",
    },
    "train_step": {
        USELESS: "no_step pixel_mean",
        SLIP: "no_zero_grad",
        LITTLE: "after tensors",
    },
    "evaluate": {
        SLIP: "mean_of_means",
        LITTLE: "gradients_on",
    },
    "EarlyStopping": {
        USELESS: "higher",
        SLIP: "no_reset",
        LITTLE: "min_delta_ignored",
    },
    "checkpoint": {
        USELESS: "new_model",
        SLIP: "no_optimizer parameters_only",
        LITTLE: "settings_lost no_epoch",
    },
    "generate": {
        USELESS: "same_z",
        SLIP: "uniform",
        LITTLE: "train_mode generator_ignored gradients",
    },
    "lerp": {
        NOTHING: "midpoint",
        SLIP: "swapped numpy only_numbers",
        LITTLE: "clamped",
    },
    "slerp": {
        USELESS: "lerp",
        NOTHING: "normalised",
        SLIP: "swapped only_numbers",
        LITTLE: "nan",
    },
    "interpolate_images": {
        USELESS: "pixels",
        SLIP: "samples reversed open_end",
        LITTLE: "left_in_eval",
    },
    "traverse": {
        NOTHING: "adds",
        SLIP: "numpy",
        LITTLE: "in_place",
    },
    "latent_grid": {
        USELESS: "open",
        SLIP: "not_flat upside_down swapped",
        LITTLE: "default",
    },
    "beta_schedule": {
        USELESS: "falls clipped",
        SLIP: "next_step no_limit",
        LITTLE: "division",
    },
    "kl_per_dimension": {
        USELESS: "half sum",
        NOTHING: "per_image",
        SLIP: "keepdim numpy",
    },
    "active_units": {
        USELESS: "std",
        SLIP: "second_moment not_an_int",
        LITTLE: "biased",
    },
    "frechet_distance": {
        USELESS: "root means_only variances",
        SLIP: "complex one_by_one",
        LITTLE: "biased",
    },
    "nearest_neighbours": {
        USELESS: "farthest absolute",
        SLIP: "keepdim",
    },
    "importance_weighted_bound": {
        USELESS: "elbo no_k naive",
        SLIP: "global_maximum keepdim",
    },
    "attribute_direction": {
        USELESS: "reversed sums",
        SLIP: "from_all normalised keepdim",
        LITTLE: "nan",
    },
    "apply_attribute": {
        NOTHING: "no_strength minus",
        (0.7, 0.75): "in_place",
    },
    "fit_latent_gaussian": {
        USELESS: "no_widths diagonal sigma",
        LITTLE: "biased",
    },
    "path": {
        USELESS: "one_t columns",
        NOTHING: "variance_preserving",
        SLIP: "swapped only_tensors numpy",
        LITTLE: "in_place",
    },
    "flow_matching_loss": {
        USELESS: "reversed_target target_x1 target_x0 backwards detached seed_inside middle",
        SLIP: "mean batch_sum one_t shared_noise uniform_noise normal_t t_column per_code",
        LITTLE: "generator_half",
    },
    "integrate": {
        USELESS: "only_euler midpoint not_halved no_step_size copied_in_place only_the_end",
        SLIP: "list no_start t_is_a_number",
        LITTLE: "no_error default added_up three_questions",
    },
}
WORTH = {
    (name, f"wrong_{answer}"): share
    for name, shares in KEEPS.items()
    for share, answers in shares.items()
    for answer in answers.split()
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

FLOWING_BACK = """
import torch

def path(x0, x1, t):
    t = torch.as_tensor(t).reshape(-1, 1)
    return t * x0 + (1 - t) * x1

def flow_matching_loss(velocity, x1, generator=None):
    x0 = torch.randn(x1.shape, generator=generator)
    t = torch.rand(len(x1), generator=generator)
    return (velocity(path(x0, x1, t), t) - (x1 - x0)).square().sum(dim=1).mean()
"""


@pytest.fixture(scope="module")
def scores():
    """Of every answer of the bank."""
    return score_many(
        [(name, file) for name in EXERCISES for kind in ("right", "wrong") for file in answers(name, kind)], CHECKS
    )


@pytest.fixture(scope="module")
def shares(scores):
    """(exercise, answer) -> its share of the exercise's points."""
    return {(one.exercise, Path(one.file).stem): one.points / one.most for one in scores}


def test_every_right_answer_is_full_and_every_wrong_one_is_not(scores):
    assert misjudged(scores) == []


@pytest.mark.parametrize("answer", WORTH, ids="/".join)
def test_a_mistake_costs_what_it_spoils(shares, answer):
    least, most = WORTH[answer]
    assert least - 1e-3 <= shares[answer] <= most + 1e-3


@pytest.mark.parametrize(
    ("source", "full", "charged"),
    [
        (HALVED, ["vae_loss"], ["kl_divergence", "reconstruction_loss"]),
        (BACKWARDS, ["slerp", "interpolate_images"], ["lerp"]),
        (FLOWING_BACK, ["flow_matching_loss"], ["path"]),
    ],
    ids=["vae_loss", "lerp", "path"],
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


@pytest.mark.parametrize("value", ["None", "'no'"])
def test_a_function_that_does_nothing_earns_nothing(value, tmp_path):
    files = []
    for name, exercise in EXERCISES.items():
        body = "\n".join(f"def {one}(*args, **kwargs):\n    return {value}\n" for one in exercise.functions)
        (tmp_path / f"{name}.py").write_text(body)
        files.append((name, tmp_path / f"{name}.py"))
    assert {score.exercise: score.points for score in score_here(files, CHECKS)} == dict.fromkeys(EXERCISES, 0.0)
