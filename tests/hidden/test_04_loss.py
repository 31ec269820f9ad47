"""Lesson 04: the loss."""

import math

import pytest
import torch
from checking import SEED, Wrong, close, exercise, leaf, number, shape, strided, undisturbed
from torch.distributions import Bernoulli, Normal
from torch.distributions import kl_divergence as exact_kl


def codes(n=6, d=4, seed=0):
    random = torch.Generator().manual_seed(seed)
    return 1.5 * torch.randn(n, d, generator=random), 1.5 * torch.randn(n, d, generator=random)


def oracle(mu, logvar):
    """KL per element, in double precision."""
    mu, logvar = mu.double(), logvar.double()
    return exact_kl(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0))


HALF = ("Falta el factor 1/2 en la KL.", "The KL lacks its factor 1/2.")
SIGN = ("La KL tiene el signo invertido.", "The KL has its sign flipped.")
SIGMA = (
    "Se usó sigma en lugar de sigma²; una KL nunca es negativa.",
    "Sigma stands where sigma² belongs; a KL is never negative.",
)
DIMENSIONS = ("Se promedió sobre las dimensiones; se suman.", "Dimensions were averaged; they add up.")


def kl_hints(mu, logvar):
    right = oracle(mu, logvar)
    sigma = 0.5 * (mu.double() ** 2 + (logvar.double() / 2).exp() - 1 - logvar.double())
    total = right.sum(dim=1)
    whole = (
        "Falta sumar solo sobre las dimensiones: se espera un valor por imagen.",
        "One value for each image is expected: sum over the latent dimensions only.",
    )
    known = [
        (2 * total, HALF),
        (-total, SIGN),
        (-2 * total, SIGN),
        (sigma.sum(dim=1), SIGMA),
        (right, whole),
        (total.sum(), whole),
        (total.mean(), whole),
    ]
    return known + ([(right.mean(dim=1), DIMENSIONS)] if mu.shape[1] > 1 else [])


@exercise(
    "kl_divergence", weight=2, es="La KL de N(0, I) consigo misma es 0.", en="The KL of N(0, I) with itself is 0."
)
@pytest.mark.parametrize("size", [(4, 3), (1, 1)])
def test_kl_of_the_prior_is_0(student, size):
    close(student.kl_divergence(torch.zeros(size), torch.zeros(size)), torch.zeros(size[0]))


@exercise(
    "kl_divergence",
    weight=2,
    es="mu = 1 en una dimensión cuesta 1/2 nat.",
    en="mu = 1 in one dimension costs half a nat.",
)
def test_kl_of_a_moved_mean(student):
    mu = torch.tensor([[1.0], [2.0], [-1.0]])
    found = student.kl_divergence(mu, torch.zeros(3, 1))
    right = torch.tensor([0.5, 2.0, 0.5])
    close(found, right, hints=[(2 * right, HALF), (-right, SIGN)])


@exercise(
    "kl_divergence",
    weight=2,
    es="logvar = ln 4 sin mover mu cuesta 0.807 nats.",
    en="logvar = ln 4 with mu in place costs 0.807 nats.",
)
def test_kl_of_another_width(student):
    logvar = torch.full((2, 1), math.log(4))
    right = 0.5 * (4 - 1 - math.log(4))
    sigma = 0.5 * (2 - 1 - math.log(4))
    hints = [([2 * right] * 2, HALF), ([-right] * 2, SIGN), ([sigma] * 2, SIGMA)]
    close(student.kl_divergence(torch.zeros(2, 1), logvar), [right] * 2, hints=hints)


@exercise(
    "kl_divergence",
    weight=4,
    es="Es la KL de dos gaussianas, sumada sobre las dimensiones, por imagen.",
    en="It is the KL of two Gaussians, summed over dimensions, per image.",
)
@pytest.mark.parametrize(("n", "d"), [(6, 4), (1, 1), (1, 5), (5, 1), (4, 4), (3, 128)])
def test_kl_is_the_closed_form(student, n, d):
    mu, logvar = codes(n, d, n + d)
    close(student.kl_divergence(mu, logvar), oracle(mu, logvar).sum(dim=1), hints=kl_hints(mu, logvar))


@exercise(
    "kl_divergence",
    weight=2,
    es="También con logvar muy chico o muy grande.",
    en="With very small and very large logvar too.",
)
@pytest.mark.parametrize("value", [-60.0, -12.0, 12.0, 40.0])
def test_kl_of_extreme_widths(student, value):
    mu, logvar = torch.full((2, 3), 0.5), torch.full((2, 3), value)
    close(student.kl_divergence(mu, logvar), oracle(mu, logvar).sum(dim=1), rtol=1e-4)


@exercise("kl_divergence", weight=2, es="El gradiente llega a mu y a logvar.", en="The gradient reaches mu and logvar.")
def test_kl_gradients(student):
    mu, logvar = codes()
    outcome = student.ask("kl_divergence", leaf(mu, "mu"), leaf(logvar, "logvar")).ok()
    assert outcome.gradients["mu"] is not None and outcome.gradients["logvar"] is not None
    close(outcome.gradients["mu"], mu, rtol=1e-3)
    close(outcome.gradients["logvar"], 0.5 * (logvar.exp() - 1), rtol=1e-3)


@exercise(
    "kl_divergence",
    weight=1,
    es="mu y logvar quedan como estaban; sirve cualquier tensor.",
    en="mu and logvar stay as they were; any tensor will do.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_kl_leaves_its_inputs(student, dtype):
    mu, logvar = (part.to(dtype) for part in codes())
    outcome = student.ask("kl_divergence", strided(mu), strided(logvar), seed=SEED).ok()
    undisturbed(outcome)
    close(outcome.value, oracle(mu, logvar).sum(dim=1))
    assert torch.equal(outcome.inputs[0], mu) and torch.equal(outcome.inputs[1], logvar)


# reconstruction_loss


def pictures(n=3, c=2, h=4, w=5, seed=0):
    random = torch.Generator().manual_seed(seed)
    x = torch.rand(n, c, h, w, generator=random)
    return x, 0.02 + 0.96 * torch.rand(n, c, h, w, generator=random)


def bce(x, x_hat):
    x, x_hat = x.double(), x_hat.double()
    return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log())


PIXELS = (
    "Se promedió sobre los píxeles: la KL pesa miles de veces más.",
    "Pixels were averaged: the KL weighs thousands of times more.",
)
SWAPPED = ("Los argumentos de la BCE están intercambiados.", "The BCE arguments are swapped.")
EACH = ("Se espera un valor por imagen, de forma (N,).", "One value for each image is expected, shape (N,).")


def reduced(each):
    """What averaging or adding over the wrong axes gives, with the sentence for each."""
    per_image = each.flatten(1).sum(dim=1)
    return [
        (each.flatten(1).mean(dim=1), PIXELS),
        (each.mean(), PIXELS),
        (per_image.mean(), EACH),
        (per_image.sum(), EACH),
        (each, EACH),
    ]


@exercise(
    "reconstruction_loss",
    weight=4,
    es="La BCE se suma sobre los píxeles de cada imagen.",
    en="The BCE is summed over each picture's pixels.",
)
@pytest.mark.parametrize("size", [(3, 2, 4, 5), (1, 1, 1, 1), (1, 3, 2, 2), (4, 1, 6, 6)])
def test_bce(student, size):
    x, x_hat = pictures(*size)
    each = bce(x, x_hat)
    hints = reduced(each) if each.numel() > each.shape[0] else []
    close(
        student.reconstruction_loss(x, x_hat, "bce"),
        each.flatten(1).sum(dim=1),
        hints=[*hints, (bce(x_hat, x).flatten(1).sum(dim=1), SWAPPED)],
    )


@exercise(
    "reconstruction_loss",
    weight=2,
    es="x es lo que fue, x_hat lo que se predijo.",
    en="x is what was, x_hat what was predicted.",
)
def test_the_order_of_arguments(student):
    x, x_hat = torch.ones(2, 1, 1, 1), torch.full((2, 1, 1, 1), 0.25)
    found = number(student.reconstruction_loss(x, x_hat))
    if found.shape == (2,) and (found > 5).all():
        raise Wrong(*SWAPPED)
    close(found, [math.log(4)] * 2)


@exercise(
    "reconstruction_loss",
    weight=1,
    es="La BCE es la de siempre: kind vale «bce» si no se dice otro.",
    en='BCE is the default: kind is "bce" unless another is named.',
)
def test_bce_is_the_default(student):
    x, x_hat = pictures()
    close(
        student.reconstruction_loss(x, x_hat),
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
    half = (
        "Se pide la suma de cuadrados, sin el factor 1/2.",
        "The sum of squares is asked for, without the factor 1/2.",
    )
    total = each.flatten(1).sum(dim=1)
    close(student.reconstruction_loss(x, x_hat, "mse"), total, hints=[*reduced(each), (total / 2, half)])


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
    close(student.reconstruction_loss(x, x_hat, "l1"), each.flatten(1).sum(dim=1), hints=reduced(each))


@exercise(
    "reconstruction_loss",
    weight=2,
    es="La BCE es finita aun si x_hat es 0 o 1.",
    en="BCE is finite even where x_hat is 0 or 1.",
)
def test_bce_at_the_ends(student):
    x = torch.tensor([0.0, 1.0, 0.5, 0.5]).reshape(2, 1, 1, 2)
    x_hat = torch.tensor([1.0, 0.0, 1.0, 0.0]).reshape(2, 1, 1, 2)
    found = number(student.reconstruction_loss(x, x_hat, "bce"))
    shape(found, (2,))
    if not found.isfinite().all():
        raise Wrong(
            "log(0) dio infinito o nan: conviene acotar x_hat.", "log(0) gave infinity or nan: x_hat needs a bound."
        )
    assert (found > 5).all()
    same = torch.tensor([0.0, 1.0]).reshape(1, 1, 1, 2)
    close(student.reconstruction_loss(same, same, "bce"), [0.0], atol=1e-2)


@exercise("reconstruction_loss", weight=1, es="Otro kind da ValueError.", en="Another kind raises ValueError.")
@pytest.mark.parametrize("kind", ["huber", "BCE2", ""])
def test_unknown_kind(student, kind):
    outcome = student.ask("reconstruction_loss", *pictures(), kind)
    assert outcome.error_type and "ValueError" in outcome.error_type


@exercise(
    "reconstruction_loss",
    weight=1,
    es="El gradiente llega a x_hat; nada cambia en x ni en x_hat.",
    en="The gradient reaches x_hat; neither x nor x_hat changes.",
)
@pytest.mark.parametrize("kind", ["bce", "mse", "l1"])
def test_reconstruction_gradient(student, kind):
    x, x_hat = pictures()
    outcome = student.ask("reconstruction_loss", strided(x), leaf(x_hat, "x_hat"), kind, seed=SEED).ok()
    undisturbed(outcome)
    slopes = {"bce": (x_hat - x) / (x_hat * (1 - x_hat)), "mse": 2 * (x_hat - x), "l1": (x_hat - x).sign()}
    assert outcome.gradients["x_hat"] is not None
    close(outcome.gradients["x_hat"], slopes[kind], rtol=1e-3, atol=1e-4)
    assert torch.equal(outcome.inputs[0], x) and torch.equal(outcome.inputs[1], x_hat)


# vae_loss


def batch(n=5, seed=0):
    return *pictures(n, 1, 3, 4, seed=seed), *codes(n, 3, seed + 50)


def parts_of(found):
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise Wrong(
            "Se esperan tres valores: (loss, reconstruction, kl).",
            "Three values are expected: (loss, reconstruction, kl).",
        )
    return [number(part) for part in found]


def expected(x, x_hat, mu, logvar, beta, each):
    reconstruction, kl = each(x, x_hat).flatten(1).sum(dim=1).mean(), oracle(mu, logvar).sum(dim=1).mean()
    return reconstruction + beta * kl, reconstruction, kl


ERRORS = {
    "bce": bce,
    "mse": lambda x, x_hat: (x - x_hat).double() ** 2,
    "l1": lambda x, x_hat: (x - x_hat).double().abs(),
}


@exercise(
    "vae_loss",
    weight=3,
    es="La reconstrucción es la media sobre el batch de la suma por imagen.",
    en="Reconstruction is the batch mean of each picture's sum.",
)
@pytest.mark.parametrize("kind", list(ERRORS))
@pytest.mark.parametrize("n", [5, 1])
def test_reconstruction_part(student, kind, n):
    values = batch(n)
    _, reconstruction, _ = expected(*values, 1.0, ERRORS[kind])
    _, found, _ = parts_of(student.vae_loss(*values, 1.0, kind))
    added = ("Se sumó sobre el batch; se promedia.", "The batch was added up; its mean is asked for.")
    hints = [(reconstruction / 12, PIXELS)] + ([(reconstruction * n, added)] if n > 1 else [])
    close(found, reconstruction, hints=hints)


@exercise(
    "vae_loss",
    weight=3,
    es="La KL es la media sobre el batch de la suma sobre dimensiones.",
    en="The KL is the batch mean of the sum over dimensions.",
)
@pytest.mark.parametrize("n", [5, 1])
def test_kl_part(student, n):
    values = batch(n)
    *_, kl = expected(*values, 1.0, bce)
    *_, found = parts_of(student.vae_loss(*values))
    added = ("Se sumó sobre el batch; se promedia.", "The batch was added up; its mean is asked for.")
    close(found, kl, hints=[(kl / 3, DIMENSIONS), (-kl, SIGN), (2 * kl, HALF)] + ([(kl * n, added)] if n > 1 else []))


@exercise("vae_loss", weight=3, es="loss = reconstruction + beta * kl.", en="loss = reconstruction + beta * kl.")
@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0, 0.001])
def test_beta_prices_the_kl(student, beta):
    values = batch()
    loss, reconstruction, kl = expected(*values, beta, bce)
    found = parts_of(student.vae_loss(*values, beta))
    priced = ("kl se devuelve sin multiplicar por beta.", "kl is returned without beta.")
    if beta not in (0.0, 1.0) and torch.isclose(found[2], beta * kl, rtol=1e-3):
        raise Wrong(*priced)
    hints = (
        [(reconstruction - beta * kl, ("La KL se resta; debe sumarse.", "The KL is subtracted; it must be added."))]
        if beta
        else []
    )
    hints += [(reconstruction + kl, ("beta no se usó.", "beta was not used."))] if beta != 1 else []
    hints += (
        [
            (
                beta * reconstruction + kl,
                ("beta multiplica a la KL, no a la reconstrucción.", "beta weighs the KL, not the reconstruction."),
            )
        ]
        if beta != 1
        else []
    )
    close(found[0], loss, hints=hints)
    close(found[1], reconstruction)
    close(found[2], kl)


@exercise("vae_loss", weight=2, es="Son tres escalares.", en="They are three scalars.")
def test_scalars(student):
    for part in parts_of(student.vae_loss(*batch())):
        shape(part, ())


@exercise(
    "vae_loss", weight=2, es="El gradiente llega a x_hat, mu y logvar.", en="The gradient reaches x_hat, mu and logvar."
)
def test_loss_gradients(student):
    x, x_hat, mu, logvar = batch()
    outcome = student.ask(
        "vae_loss", x, leaf(x_hat, "x_hat"), leaf(mu, "mu"), leaf(logvar, "logvar"), 2.0, backward_of=0, seed=SEED
    ).ok()
    undisturbed(outcome)
    assert all(outcome.gradients[name] is not None for name in ("x_hat", "mu", "logvar"))
    close(outcome.gradients["mu"], 2 * mu / 5, rtol=1e-3)
    close(outcome.gradients["logvar"], (logvar.exp() - 1) / 5, rtol=1e-3)
    close(outcome.gradients["x_hat"], (x_hat - x) / (x_hat * (1 - x_hat)) / 5, rtol=1e-3)
    assert torch.equal(outcome.inputs[0], x) and torch.equal(outcome.inputs[1], x_hat)


@exercise(
    "vae_loss",
    weight=1,
    es="beta vale 1 y kind «bce» si no se dicen otros.",
    en='beta is 1 and kind "bce" unless others are named.',
)
def test_defaults(student):
    values = batch(4, 9)
    for found, right in zip(parts_of(student.vae_loss(*values)), expected(*values, 1.0, bce), strict=True):
        close(found, right)


# log_normal


def log_density(z, mu, logvar):
    return Normal(mu.double(), (logvar.double() / 2).exp()).log_prob(z.double()).sum(dim=-1)


@exercise(
    "log_normal",
    weight=3,
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
        (
            right + constant,
            ("Falta el término log(2π)/2 por dimensión.", "The term log(2π)/2 of each dimension is missing."),
        ),
        (-right, ("El signo está invertido.", "The sign is flipped.")),
        (right + spread, ("Falta el término logvar/2.", "The term logvar/2 is missing.")),
        (right.sum(), ("Se espera un valor por imagen.", "One value for each image is expected.")),
    ]
    hints += [(right / d, DIMENSIONS)] if d > 1 else []
    close(student.log_normal(z, mu, logvar), right, hints=hints)


@exercise("log_normal", weight=2, es="La densidad integra 1.", en="The density integrates to 1.")
@pytest.mark.parametrize(("mu", "logvar"), [(0.0, 0.0), (1.5, 1.0), (-2.0, -2.0)])
def test_density_integrates_to_1(student, mu, logvar):
    z = torch.linspace(-30, 30, 12001, dtype=torch.float64).unsqueeze(1)
    found = number(student.log_normal(z, torch.full_like(z, mu), torch.full_like(z, logvar)))
    shape(found, (12001,))
    close(torch.trapezoid(found.exp(), z[:, 0]), 1.0, rtol=1e-4)


@exercise(
    "log_normal", weight=2, es="mu y logvar pueden extenderse por broadcasting.", en="mu and logvar may broadcast."
)
def test_broadcasting(student):
    (z, _), (mu, logvar) = codes(5, 3, 3), codes(1, 3, 4)
    close(student.log_normal(z, mu, logvar), log_density(z, mu, logvar))
    close(student.log_normal(z, torch.zeros(5, 3), torch.zeros(5, 3)), log_density(z, torch.zeros(3), torch.zeros(3)))
    close(
        student.log_normal(z[:1], mu.expand(4, 3), logvar.expand(4, 3)),
        log_density(z[:1], mu.expand(4, 3), logvar.expand(4, 3)),
    )


@exercise("log_normal", weight=1, es="Monte Carlo con ella da la KL.", en="Monte Carlo with it gives the KL.")
def test_monte_carlo_agrees_with_the_kl(student):
    mu, logvar = torch.tensor([[0.8, -0.5]]), torch.tensor([[-0.7, 0.4]])
    eps = torch.randn(40_000, 2, generator=torch.Generator().manual_seed(0))
    z = mu + (logvar / 2).exp() * eps
    zeros = torch.zeros(1, 2)
    ratio = number(student.log_normal(z, mu, logvar)) - number(student.log_normal(z, zeros, zeros))
    close(ratio.mean(), oracle(mu, logvar).sum(), atol=0.02, rtol=0)


@exercise(
    "log_normal",
    weight=1,
    es="El gradiente llega a z, mu y logvar; nada cambia en ellos.",
    en="The gradient reaches z, mu and logvar, which stay as they were.",
)
def test_log_normal_gradients(student):
    (z, mu), (logvar, _) = codes(4, 3, 5), codes(4, 3, 6)
    outcome = student.ask("log_normal", leaf(z, "z"), leaf(mu, "mu"), leaf(logvar, "logvar"), seed=SEED).ok()
    undisturbed(outcome)
    slope = (z - mu) / logvar.exp()
    close(outcome.gradients["mu"], slope, rtol=1e-3, atol=1e-4)
    close(outcome.gradients["z"], -slope, rtol=1e-3, atol=1e-4)
    close(outcome.gradients["logvar"], 0.5 * ((z - mu) ** 2 / logvar.exp() - 1), rtol=1e-3, atol=1e-4)
    assert torch.equal(outcome.inputs[0], z)
