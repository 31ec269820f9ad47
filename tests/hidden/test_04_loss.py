"""Lesson 04: the loss."""

import math

import pytest
import torch
from checking import (
    SAID,
    SEED,
    SLIP,
    USELESS,
    Wrong,
    chance,
    close,
    exercise,
    fixed,
    leaf,
    near,
    own,
    reaches,
    refused,
    shape,
    slopes,
    squeezed,
    strided,
    unchanged,
    undisturbed,
)
from torch.distributions import Bernoulli, Normal
from torch.distributions import kl_divergence as exact_kl


def codes(n=6, d=4, seed=0, drawn=chance):
    random = drawn(seed)
    return 1.5 * torch.randn(n, d, generator=random), 1.5 * torch.randn(n, d, generator=random)


def oracle(mu, logvar):
    """KL per element, in double precision."""
    mu, logvar = mu.double(), logvar.double()
    return exact_kl(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0))


KEPT = (
    "Sobra la dimensión que dejó keepdim=True: se espera (N,), no (N, 1).",
    "The dimension that keepdim=True left is one too many: (N,) is expected, not (N, 1).",
)


def kl_hints(mu, logvar):
    right = oracle(mu, logvar)
    sigma = 0.5 * (mu.double() ** 2 + (logvar.double() / 2).exp() - 1 - logvar.double())
    total = right.sum(dim=1)
    known = [
        (2 * total, SAID.kl_half),
        (-total, SAID.kl_sign),
        (-2 * total, SAID.kl_sign),
        (sigma.sum(dim=1), SAID.kl_sigma),
        (right, SAID.one_value_each),
        (total.sum(), SAID.one_value_each),
        (total.mean(), SAID.one_value_each),
    ]
    return known + ([(right.mean(dim=1), SAID.dimensions_averaged)] if mu.shape[1] > 1 else [])


def kl(student, mu, logvar):
    return squeezed(student.kl_divergence(mu, logvar), (len(mu),))


@exercise(
    "kl_divergence", weight=1, es="La KL de N(0, I) consigo misma es 0.", en="The KL of N(0, I) with itself is 0."
)
@pytest.mark.parametrize("size", [(4, 3), (1, 1)])
def test_kl_of_the_prior_is_0(student, size):
    close(kl(student, torch.zeros(size), torch.zeros(size)), torch.zeros(size[0]))


@exercise(
    "kl_divergence",
    weight=1,
    needs=("test_kl_is_the_closed_form",),
    es="mu = 1 en una dimensión cuesta 1/2 nat.",
    en="mu = 1 in one dimension costs half a nat.",
)
def test_kl_of_a_moved_mean(student):
    mu = torch.tensor([[1.0], [2.0], [-1.0]])
    right = torch.tensor([0.5, 2.0, 0.5])
    close(kl(student, mu, torch.zeros(3, 1)), right, hints=[(2 * right, SAID.kl_half), (-right, SAID.kl_sign)])


@exercise(
    "kl_divergence",
    weight=1,
    needs=("test_kl_is_the_closed_form",),
    es="logvar = ln 4 sin mover mu cuesta 0.807 nats.",
    en="logvar = ln 4 with mu in place costs 0.807 nats.",
)
def test_kl_of_another_width(student):
    logvar = torch.full((2, 1), math.log(4))
    right = 0.5 * (4 - 1 - math.log(4))
    sigma = 0.5 * (2 - 1 - math.log(4))
    hints = [([2 * right] * 2, SAID.kl_half), ([-right] * 2, SAID.kl_sign), ([sigma] * 2, SAID.kl_sigma)]
    close(kl(student, torch.zeros(2, 1), logvar), [right] * 2, hints=hints)


@exercise(
    "kl_divergence",
    weight=8,
    leaves=USELESS,
    es="Es la KL de dos gaussianas, sumada sobre las dimensiones, por imagen.",
    en="It is the KL of two Gaussians, summed over dimensions, per image.",
)
@pytest.mark.parametrize(("n", "d"), [(6, 4), (1, 1), (1, 5), (5, 1), (4, 4), (3, 128)])
def test_kl_is_the_closed_form(student, n, d):
    mu, logvar = codes(n, d, n + d)
    close(kl(student, mu, logvar), oracle(mu, logvar).sum(dim=1), hints=kl_hints(mu, logvar))


@exercise(
    "kl_divergence", weight=1, leaves=SLIP, es="Hay un valor por imagen: (N,).", en="One value for each image: (N,)."
)
@pytest.mark.parametrize(("n", "d"), [(6, 4), (1, 5), (1, 1)])
def test_kl_shape(student, n, d):
    shape(student.kl_divergence(*codes(n, d)), (n,), hints=[((n, 1), KEPT)])


@exercise(
    "kl_divergence",
    weight=2,
    needs=("test_kl_is_the_closed_form",),
    es="También con logvar muy chico o muy grande.",
    en="With very small and very large logvar too.",
)
@pytest.mark.parametrize("value", [-60.0, -12.0, 12.0, 40.0])
def test_kl_of_extreme_widths(student, value):
    mu, logvar = torch.full((2, 3), 0.5), torch.full((2, 3), value)
    close(kl(student, mu, logvar), oracle(mu, logvar).sum(dim=1), rtol=1e-4)


@exercise(
    "kl_divergence",
    weight=3,
    leaves=USELESS,
    es="El gradiente llega a mu y a logvar.",
    en="The gradient reaches mu and logvar.",
)
def test_kl_gradients(student):
    slopes(student, "kl_divergence", list(codes(drawn=fixed)), {"mu": 0, "logvar": 1})


@exercise(
    "kl_divergence",
    weight=1,
    idle=True,
    needs=("test_kl_gradients",),
    es="mu y logvar quedan como estaban.",
    en="mu and logvar stay as they were.",
)
def test_kl_leaves_its_inputs(student):
    mu, logvar = codes()
    outcome = student.ask("kl_divergence", mu, logvar, seed=SEED).ok()
    unchanged(outcome, mu=mu, logvar=logvar)
    undisturbed(outcome)


@exercise(
    "kl_divergence",
    weight=1,
    needs=("test_kl_is_the_closed_form",),
    es="Sirve cualquier tensor, también float64 o no contiguo.",
    en="Any tensor will do, float64 or not contiguous too.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_kl_takes_any_tensor(student, dtype):
    mu, logvar = (part.to(dtype) for part in codes())
    found = student.kl_divergence(strided(mu), strided(logvar))
    close(squeezed(found, (len(mu),)), oracle(mu, logvar).sum(dim=1))


# reconstruction_loss


def pictures(n=3, c=2, h=4, w=5, seed=0, drawn=chance):
    random = drawn(seed)
    x = torch.rand(n, c, h, w, generator=random)
    return x, 0.02 + 0.96 * torch.rand(n, c, h, w, generator=random)


def bce(x, x_hat):
    x, x_hat = x.double(), x_hat.double()
    return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log())


def reduced(each):
    """What averaging or adding over the wrong axes gives, with the sentence for each."""
    per_image = each.flatten(1).sum(dim=1)
    return [
        (each.flatten(1).mean(dim=1), SAID.pixels_averaged),
        (each.mean(), SAID.pixels_averaged),
        (per_image.mean(), SAID.one_value_each),
        (per_image.sum(), SAID.one_value_each),
        (each, SAID.one_value_each),
    ]


def priced(student, x, x_hat, *kind):
    return squeezed(student.reconstruction_loss(x, x_hat, *kind), (len(x),))


@exercise(
    "reconstruction_loss",
    weight=6,
    leaves=USELESS,
    es="La BCE se suma sobre los píxeles de cada imagen.",
    en="The BCE is summed over each picture's pixels.",
)
@pytest.mark.parametrize("size", [(3, 2, 4, 5), (1, 1, 1, 1), (1, 3, 2, 2), (4, 1, 6, 6)])
def test_bce(student, size):
    x, x_hat = pictures(*size)
    each = bce(x, x_hat)
    hints = reduced(each) if each.numel() > each.shape[0] else []
    close(
        priced(student, x, x_hat, "bce"),
        each.flatten(1).sum(dim=1),
        hints=[*hints, (bce(x_hat, x).flatten(1).sum(dim=1), SAID.bce_swapped)],
    )


@exercise(
    "reconstruction_loss",
    weight=1,
    needs=("test_bce",),
    es="x es lo que fue, x_hat lo que se predijo.",
    en="x is what was, x_hat what was predicted.",
)
def test_the_order_of_arguments(student):
    x, x_hat = torch.ones(2, 1, 1, 1), torch.full((2, 1, 1, 1), 0.25)
    found = priced(student, x, x_hat)
    if found.shape == (2,) and (found > 5).all():
        raise Wrong(*SAID.bce_swapped)
    close(found, [math.log(4)] * 2)


@exercise(
    "reconstruction_loss",
    weight=1,
    needs=("test_bce",),
    **SAID.bce_by_default._asdict(),
)
def test_bce_is_the_default(student):
    x, x_hat = pictures()
    close(
        priced(student, x, x_hat),
        -Bernoulli(x_hat.double(), validate_args=False).log_prob(x.double()).flatten(1).sum(dim=1),
    )


@exercise(
    "reconstruction_loss",
    weight=2,
    es="«mse» es la suma de diferencias al cuadrado.",
    en='"mse" is the sum of squared differences.',
)
@pytest.mark.parametrize("size", [(3, 2, 4, 5), (1, 1, 2, 2)])
def test_mse(student, size):
    x, x_hat = pictures(*size)
    each = (x - x_hat).double() ** 2
    total = each.flatten(1).sum(dim=1)
    close(priced(student, x, x_hat, "mse"), total, hints=[*reduced(each), (total / 2, SAID.half_of_squares)])


@exercise(
    "reconstruction_loss",
    weight=2,
    es="«l1» es la suma de diferencias absolutas.",
    en='"l1" is the sum of absolute differences.',
)
@pytest.mark.parametrize("size", [(3, 2, 4, 5), (1, 1, 2, 2)])
def test_l1(student, size):
    x, x_hat = pictures(*size)
    each = (x - x_hat).double().abs()
    close(priced(student, x, x_hat, "l1"), each.flatten(1).sum(dim=1), hints=reduced(each))


@exercise(
    "reconstruction_loss",
    weight=2,
    es="La BCE es finita aun si x_hat es 0 o 1.",
    en="BCE is finite even where x_hat is 0 or 1.",
)
def test_bce_at_the_ends(student):
    x = torch.tensor([0.0, 1.0, 0.5, 0.5]).reshape(2, 1, 1, 2)
    x_hat = torch.tensor([1.0, 0.0, 1.0, 0.0]).reshape(2, 1, 1, 2)
    found = priced(student, x, x_hat, "bce")
    shape(found, (2,))
    if not found.isfinite().all():
        raise Wrong(*SAID.log_of_0)
    assert (found > 5).all()
    same = torch.tensor([0.0, 1.0]).reshape(1, 1, 1, 2)
    close(priced(student, same, same, "bce"), [0.0], atol=1e-2)


@exercise("reconstruction_loss", weight=1, **SAID.unknown_kind._asdict())
@pytest.mark.parametrize("kind", ["huber", "BCE2", ""])
def test_unknown_kind(student, kind):
    outcome = student.ask("reconstruction_loss", *pictures(), kind)
    refused(outcome, f"kind={kind!r}", f"kind={kind!r}")


@exercise(
    "reconstruction_loss",
    weight=1,
    leaves=SLIP,
    es="Hay un valor por imagen: (N,).",
    en="One value for each image: (N,).",
)
@pytest.mark.parametrize("size", [(3, 2, 4, 5), (1, 1, 1, 1)])
def test_reconstruction_shape(student, size):
    shape(student.reconstruction_loss(*pictures(*size)), size[:1], hints=[(size[:1] + (1,) * k, KEPT) for k in (1, 3)])


@exercise(
    "reconstruction_loss",
    weight=1,
    needs=("test_reconstruction_shape",),
    es="También con «mse» y «l1» hay un valor por imagen: (N,).",
    en='One value for each image with "mse" and "l1" too: (N,).',
)
@pytest.mark.parametrize("kind", ["mse", "l1"])
def test_shape_of_each_kind(student, kind):
    shape(student.reconstruction_loss(*pictures(), kind), (3,), hints=[((3,) + (1,) * k, KEPT) for k in (1, 3)])


@exercise(
    "reconstruction_loss", weight=3, leaves=USELESS, es="El gradiente llega a x_hat.", en="The gradient reaches x_hat."
)
def test_reconstruction_gradient(student):
    x, x_hat = pictures(drawn=fixed)
    slopes(student, "reconstruction_loss", [x, 0.2 + 0.6 * x_hat], {"x_hat": 1})


@exercise(
    "reconstruction_loss",
    weight=1,
    es="El gradiente llega a x_hat también con «mse» y «l1».",
    en='The gradient reaches x_hat with "mse" and "l1" too.',
)
@pytest.mark.parametrize("kind", ["mse", "l1"])
def test_gradient_of_each_kind(student, kind):
    x, x_hat = pictures()
    outcome = student.ask("reconstruction_loss", x, leaf(x_hat, "x_hat"), kind).ok()
    reaches(outcome, "x_hat")


@exercise(
    "reconstruction_loss",
    weight=1,
    idle=True,
    needs=("test_reconstruction_gradient", "test_gradient_of_each_kind"),
    es="x y x_hat quedan como estaban.",
    en="x and x_hat stay as they were.",
)
@pytest.mark.parametrize("kind", ["bce", "mse", "l1"])
def test_reconstruction_leaves_its_inputs(student, kind):
    x, x_hat = pictures()
    outcome = student.ask("reconstruction_loss", strided(x), strided(x_hat), kind, seed=SEED).ok()
    unchanged(outcome, x=x, x_hat=x_hat)
    undisturbed(outcome)


# vae_loss


def batch(n=5, seed=0, drawn=chance):
    return *pictures(n, 1, 3, 4, seed, drawn), *codes(n, 3, seed + 50, drawn)


ERRORS = {
    "bce": bce,
    "mse": lambda x, x_hat: (x - x_hat).double() ** 2,
    "l1": lambda x, x_hat: (x - x_hat).double().abs(),
}


def parts(student, *args):
    """(loss, reconstruction, kl), a number each."""
    found = student.vae_loss(*args)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise Wrong(*SAID.three_terms, came=True)
    return [squeezed(part, ()) for part in found]


def expect_part(found, right, theirs, hints=()):
    """A part is right if it is, or if it is the batch mean of what the student's own earlier function gives."""
    if theirs is None or not near(found, theirs.mean()):
        close(found, right, hints=hints)


def expect_reconstruction(student, n, kind):
    x, x_hat, mu, logvar = batch(n)
    _, found, _ = parts(student, x, x_hat, mu, logvar, 1.0, kind)
    right = ERRORS[kind](x, x_hat).flatten(1).sum(dim=1).mean()
    hints = [(right / 12, SAID.pixels_averaged)] + ([(right * n, SAID.batch_added_up)] if n > 1 else [])
    expect_part(found, right, own(student, "reconstruction_loss", x, x_hat, kind), hints)


THREE = ("test_three_values",)


@exercise(
    "vae_loss",
    weight=2,
    leaves=USELESS,
    es="Son tres valores: (loss, reconstruction, kl).",
    en="They are three values: (loss, reconstruction, kl).",
)
def test_three_values(student):
    parts(student, *batch())


@exercise(
    "vae_loss",
    weight=3,
    leaves=USELESS,
    needs=THREE,
    es="La reconstrucción es la media sobre el batch de la suma por imagen.",
    en="Reconstruction is the batch mean of each picture's sum.",
)
@pytest.mark.parametrize("n", [5, 1])
def test_reconstruction_part(student, n):
    expect_reconstruction(student, n, "bce")


@exercise(
    "vae_loss",
    weight=2,
    needs=(*THREE, "test_reconstruction_part"),
    es="kind llega a la reconstrucción: «mse», «l1».",
    en='kind reaches the reconstruction: "mse", "l1".',
)
@pytest.mark.parametrize("kind", ["mse", "l1"])
def test_kind_reaches_the_reconstruction(student, kind):
    expect_reconstruction(student, 5, kind)


@exercise(
    "vae_loss",
    weight=3,
    leaves=USELESS,
    needs=THREE,
    es="La KL es la media sobre el batch de la suma sobre dimensiones.",
    en="The KL is the batch mean of the sum over dimensions.",
)
@pytest.mark.parametrize("n", [5, 1])
def test_kl_part(student, n):
    x, x_hat, mu, logvar = batch(n)
    *_, found = parts(student, x, x_hat, mu, logvar)
    right = oracle(mu, logvar).sum(dim=1).mean()
    hints = [(right / 3, SAID.dimensions_averaged), (-right, SAID.kl_sign), (2 * right, SAID.kl_half)] + (
        [(right * n, SAID.batch_added_up)] if n > 1 else []
    )
    expect_part(found, right, own(student, "kl_divergence", mu, logvar), hints)


@exercise(
    "vae_loss",
    weight=3,
    leaves=USELESS,
    needs=THREE,
    es="Con beta = 1, loss es la suma de las dos partes que se devuelven.",
    en="With beta = 1, loss is the sum of the two parts that are returned.",
)
def test_loss_is_the_sum(student):
    loss, reconstruction, kl = parts(student, *batch(), 1.0)
    close(loss, reconstruction + kl, hints=[(reconstruction - kl, SAID.kl_subtracted)])


@exercise(
    "vae_loss",
    weight=4,
    needs=(*THREE, "test_loss_is_the_sum"),
    es="loss = reconstruction + beta * kl.",
    en="loss = reconstruction + beta * kl.",
)
@pytest.mark.parametrize("beta", [0.0, 4.0, 0.001])
def test_beta_prices_the_kl(student, beta):
    values = batch()
    _, _, plain = parts(student, *values, 1.0)
    loss, reconstruction, kl = parts(student, *values, beta)
    if beta and near(kl, beta * plain):
        raise Wrong(*SAID.kl_times_beta)
    close(kl, plain)
    hints = [(reconstruction + kl, SAID.beta_unused), (beta * reconstruction + kl, SAID.beta_on_reconstruction)]
    close(loss, reconstruction + beta * kl, hints=hints)


@exercise("vae_loss", weight=1, leaves=SLIP, needs=THREE, es="Son tres escalares.", en="They are three scalars.")
def test_scalars(student):
    parts(student, *batch())
    for part in student.vae_loss(*batch()):
        shape(part, ())


@exercise(
    "vae_loss",
    weight=3,
    leaves=USELESS,
    needs=THREE,
    es="El gradiente llega a x_hat, mu y logvar.",
    en="The gradient reaches x_hat, mu and logvar.",
)
def test_loss_gradients(student):
    x, x_hat, mu, logvar = batch(drawn=fixed)
    parts(student, x, x_hat, mu, logvar)
    given = [x, 0.2 + 0.6 * x_hat, mu, logvar, 2.0]
    slopes(student, "vae_loss", given, {"x_hat": 1, "mu": 2, "logvar": 3}, part=0)


@exercise(
    "vae_loss",
    weight=1,
    idle=True,
    needs=("test_loss_gradients",),
    es="Nada de lo que recibe cambia.",
    en="Nothing that it is given changes.",
)
def test_loss_leaves_its_inputs(student):
    x, x_hat, mu, logvar = batch()
    outcome = student.ask("vae_loss", x, x_hat, mu, logvar, backward=False, seed=SEED).ok()
    unchanged(outcome, x=x, x_hat=x_hat, mu=mu, logvar=logvar)
    undisturbed(outcome)


@exercise(
    "vae_loss",
    weight=1,
    needs=THREE,
    es="beta vale 1 y kind «bce» si no se dicen otros.",
    en='beta is 1 and kind "bce" unless others are named.',
)
def test_defaults(student):
    values = batch(4, 9)
    for found, named in zip(parts(student, *values), parts(student, *values, 1.0, "bce"), strict=True):
        close(found, named)


# log_normal


def dense(student, z, mu, logvar):
    return squeezed(student.log_normal(z, mu, logvar), (len(z),))


def log_density(z, mu, logvar):
    return Normal(mu.double(), (logvar.double() / 2).exp()).log_prob(z.double()).sum(dim=-1)


@exercise(
    "log_normal",
    weight=6,
    leaves=USELESS,
    es="Es el logaritmo de la densidad normal, sumado sobre las dimensiones.",
    en="It is the log of the normal density, summed over dimensions.",
)
@pytest.mark.parametrize(("n", "d"), [(6, 4), (1, 1), (5, 1), (1, 7), (3, 64)])
def test_log_density(student, n, d):
    (mu, logvar), (z, _) = codes(n, d, 1), codes(n, d, 2)
    right = log_density(z, mu, logvar)
    constant = 0.5 * d * math.log(2 * math.pi)
    spread = (logvar.double() / 2).sum(dim=-1)
    hints = [
        (right + constant, SAID.log_2_pi_missing),
        (-right, SAID.density_sign),
        (right + spread, SAID.log_width_missing),
        (right.sum(), SAID.one_value_each),
    ]
    hints += [(right / d, SAID.dimensions_averaged)] if d > 1 else []
    close(dense(student, z, mu, logvar), right, hints=hints)


@exercise(
    "log_normal",
    weight=1,
    needs=("test_log_density",),
    es="La densidad integra 1.",
    en="The density integrates to 1.",
)
@pytest.mark.parametrize(("mu", "logvar"), [(0.0, 0.0), (1.5, 1.0), (-2.0, -2.0)])
def test_density_integrates_to_1(student, mu, logvar):
    z = torch.linspace(-30, 30, 12001, dtype=torch.float64).unsqueeze(1)
    found = dense(student, z, torch.full_like(z, mu), torch.full_like(z, logvar))
    shape(found, (12001,))
    close(torch.trapezoid(found.exp(), z[:, 0]), 1.0, rtol=1e-4)


@exercise(
    "log_normal",
    weight=2,
    needs=("test_log_density",),
    es="mu y logvar pueden extenderse por broadcasting.",
    en="mu and logvar may broadcast.",
)
def test_broadcasting(student):
    (z, _), (mu, logvar) = codes(5, 3, 3), codes(1, 3, 4)
    close(dense(student, z, mu, logvar), log_density(z, mu, logvar))
    zeros = torch.zeros(5, 3)
    close(dense(student, z, zeros, zeros), log_density(z, zeros, zeros))
    many = mu.expand(4, 3), logvar.expand(4, 3)
    close(squeezed(student.log_normal(z[:1], *many), (4,)), log_density(z[:1], *many))


@exercise(
    "log_normal", weight=1, leaves=SLIP, es="Hay un valor por imagen: (N,).", en="One value for each image: (N,)."
)
@pytest.mark.parametrize("n", [6, 1])
def test_log_normal_shape(student, n):
    (mu, logvar), (z, _) = codes(n, 4, 1), codes(n, 4, 2)
    shape(student.log_normal(z, mu, logvar), (n,), hints=[((n, 1), KEPT)])


@exercise(
    "log_normal",
    weight=1,
    needs=("test_log_density",),
    es="Monte Carlo con ella da la KL.",
    en="Monte Carlo with it gives the KL.",
)
def test_monte_carlo_agrees_with_the_kl(student):
    mu, logvar = torch.tensor([[0.8, -0.5]]), torch.tensor([[-0.7, 0.4]])
    eps = torch.randn(40_000, 2, generator=torch.Generator().manual_seed(0))
    z = mu + (logvar / 2).exp() * eps
    zeros = torch.zeros(1, 2)
    ratio = dense(student, z, mu, logvar) - dense(student, z, zeros, zeros)
    close(ratio.mean(), oracle(mu, logvar).sum(), atol=0.02, rtol=0)


@exercise(
    "log_normal",
    weight=2,
    leaves=SLIP,
    es="El gradiente llega a z, mu y logvar.",
    en="The gradient reaches z, mu and logvar.",
)
def test_log_normal_gradients(student):
    (z, mu), (logvar, _) = codes(4, 3, 5, fixed), codes(4, 3, 6, fixed)
    slopes(student, "log_normal", [z, mu, logvar], {"z": 0, "mu": 1, "logvar": 2})


@exercise(
    "log_normal",
    weight=1,
    idle=True,
    needs=("test_log_normal_gradients",),
    es="z, mu y logvar quedan como estaban.",
    en="z, mu and logvar stay as they were.",
)
def test_log_normal_leaves_its_inputs(student):
    (z, mu), (logvar, _) = codes(4, 3, 5), codes(4, 3, 6)
    outcome = student.ask("log_normal", z, mu, logvar, backward=False, seed=SEED).ok()
    unchanged(outcome, z=z, mu=mu, logvar=logvar)
    undisturbed(outcome)
