"""What an error in VAE or train_epoch costs: by what it spoils, once, and not again where it was paid for."""

import pytest
from helpers.grading import CHECKS

from vae_course.exercises import EXERCISES
from vae_course.grading.score import score_here

pytestmark = pytest.mark.slow

THIRD = 1 / 3 + 1e-6
USELESS = {  # nothing can be trained with it, or something else is trained
    "VAE": (
        *("detached", "draws_twice", "exp_logvar", "fixed_seed", "heads_swapped", "list_of_parts", "no_grad"),
        *("no_module", "no_noise", "only_picture", "reseeds", "sample", "shared_noise", "sigma", "terms_detached"),
        *("torch_normal", "uniform", "variance_returned", "z_for_mu", "noise_on_the_picture"),
    ),
    "train_epoch": (
        *(
            "all_at_once",
            "drops_small",
            "evaluates",
            "new_optimizer",
            "no_zero_grad",
            "one_step",
            "optimizer_each_batch",
        ),
        *("reconstruction_only", "restores", "returns_inside", "twice"),
    ),
}
SLIPS = {  # works after a small change
    "VAE": ("order", "four", "swapped", "no_methods", "eval_decodes_mu", "generator_ignored", "encode_draws"),
    "train_epoch": (
        "mean_of_means",
        "sums",
        "last_batch",
        "after",
        "only_loss",
        "tuple",
        "no_beta",
        "tensors",
        "one_pass",
    ),
}
WRONG_PARTS = {  # of the student's own, beside a right answer that uses them
    "VAE": {
        "no noise": "def reparameterize(mu, logvar, generator=None):\n    return mu + 0 * logvar",
        "the variance": "def reparameterize(mu, logvar, generator=None):\n"
        "    return mu + logvar.exp() * torch.randn(mu.shape, generator=generator)",
        "cut": "def reparameterize(mu, logvar, generator=None):\n"
        "    return torch.normal(mu, (logvar / 2).exp(), generator=generator)",
        "deaf": "def reparameterize(mu, logvar, generator=None):\n"
        "    return mu + (logvar / 2).exp() * torch.randn_like(mu)",
    },
    "train_epoch": {
        "piles up": "def train_step(model, x, optimizer, beta=1.0):\n"
        "    model.train()\n    loss, r, kl = vae_loss(x, *model(x), beta)\n    loss.backward()\n    optimizer.step()\n"
        "    return {'loss': loss.item(), 'reconstruction': r.item(), 'kl': kl.item()}",
        "eval mode, tensors": "def train_step(model, x, optimizer, beta=1.0):\n"
        "    loss, r, kl = vae_loss(x, *model(x))\n    optimizer.zero_grad()\n    loss.backward()\n"
        "    optimizer.step()\n    return {'loss': loss, 'reconstruction': r, 'kl': kl}",
    },
}
OWN = {"VAE": "right_plain", "train_epoch": "right_sums"}
IMPORTED = {
    "VAE": "from vae_course.sampling import reparameterize\n",
    "train_epoch": "from vae_course.training import train_step\n",
}


def shares(name, files):
    found = score_here([(name, file) for file in files], CHECKS)
    return {file.stem: score.points / EXERCISES[name].points for file, score in zip(files, found, strict=True)}


@pytest.mark.parametrize("name", USELESS)
def test_what_spoils_the_training_leaves_a_third_at_most_and_a_slip_most(name):
    folder = CHECKS.parent / "answers" / name
    files = [folder / f"wrong_{stem}.py" for stem in (*USELESS[name], *SLIPS[name])]
    found = shares(name, files)
    assert {stem: share for stem in USELESS[name] if (share := found[f"wrong_{stem}"]) > THIRD} == {}
    assert {stem: share for stem in SLIPS[name] if not 0.65 < (share := found[f"wrong_{stem}"]) < 1} == {}


@pytest.mark.parametrize("name", WRONG_PARTS)
def test_an_error_of_ones_own_part_is_paid_once(name, tmp_path):
    right = (CHECKS.parent / "answers" / name / f"{OWN[name]}.py").read_text(encoding="utf-8")
    files = []
    for number, part in enumerate(WRONG_PARTS[name].values()):
        assert IMPORTED[name] in right
        files.append(tmp_path / f"own_{number}.py")
        imports = "import torch\nfrom vae_course.loss import vae_loss\n"
        files[-1].write_text(right.replace(IMPORTED[name], f"{imports}\n\n{part}\n"), encoding="utf-8")
    assert set(shares(name, files).values()) == {1.0}
