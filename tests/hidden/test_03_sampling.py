"""Lesson 03: drawing z."""

import math

import pytest
import torch
from checking import (
    SEED,
    Wrong,
    close,
    exercise,
    generator,
    leaf,
    near,
    number,
    seeded_by_torch,
    shape,
    strided,
    tensors,
    undisturbed,
)

N, D = 2000, 8  # draws for statistics


GIVEN = pytest.mark.parametrize("more", [(), (generator(1),)], ids=["global", "generator"])


def drawn(student, mu, logvar, *more):
    z = number(student.reparameterize(mu, logvar, *more))
    shape(z, mu.shape)
    return z


def eps_of(student, seed=0, more=()):
    """What the student adds, in units of the deviation, for mu = 3 and a deviation of 2: (N, D)."""
    student.seed(seed)
    return (drawn(student, torch.full((N, D), 3.0), torch.full((N, D), 2 * math.log(2)), *more) - 3) / 2


def moment(eps, power):
    return (eps**power).mean().item()


@exercise(
    "reparameterize", weight=4, es="La desviación de z es exp(logvar / 2).", en="The deviation of z is exp(logvar / 2)."
)
@GIVEN
@pytest.mark.parametrize("logvar", [-4.0, 0.0, 2.0, 5.0])
def test_deviation(student, logvar, more):
    student.seed(1)
    sd = drawn(student, torch.zeros(N, D), torch.full((N, D), logvar), *more).std().item()
    expected = math.exp(logvar / 2)
    known = [
        (
            math.exp(logvar),
            "exp(logvar) es la varianza; falta la raíz.",
            "exp(logvar) is the variance; its root is missing.",
        ),
        (abs(logvar), "logvar se usó como desviación estándar.", "logvar was used as the standard deviation."),
        (
            math.sqrt(abs(logvar)),
            "logvar se usó como varianza; es su logaritmo.",
            "logvar was used as the variance; it is its logarithm.",
        ),
    ]
    if abs(sd / expected - 1) < 0.028:  # five standard errors: 5 / sqrt(2 * 16,000)
        return
    for wrong, es, en in known:
        if abs(sd - wrong) < 0.03 * max(wrong, 1e-3):
            raise Wrong(es, en)
    raise Wrong(
        f"Se esperaba una desviación de {expected:.3g} y llegó {sd:.3g}.",
        f"Expected a deviation of {expected:.3g}, got {sd:.3g}.",
    )


@exercise("reparameterize", weight=2, es="La media de z es mu.", en="The mean of z is mu.")
@GIVEN
def test_mean(student, more):
    student.seed(2)
    mu = torch.linspace(-5, 5, D).expand(N, D).contiguous()
    mean = drawn(student, mu, torch.zeros(N, D), *more).mean(dim=0)
    close(
        mean,
        mu[0],
        rtol=0,
        atol=6 / math.sqrt(N),
        hints=[(torch.zeros(D), ("mu no llegó a z.", "mu did not reach z."))],
    )


@exercise(
    "reparameterize", weight=2, es="Cada elemento recibe su propio ruido.", en="Each element gets noise of its own."
)
@GIVEN
def test_noise_is_its_own(student, more):
    eps = eps_of(student, 3, more)
    if near(eps, eps[:1].expand(N, D), 1e-3, 1e-4):
        raise Wrong("Todas las imágenes comparten el mismo ruido.", "All images share the same noise.")
    if near(eps, eps[:, :1].expand(N, D), 1e-3, 1e-4):
        raise Wrong(
            "Todas las dimensiones de una imagen comparten el mismo ruido.",
            "All dimensions of an image share the same noise.",
        )
    correlation = torch.corrcoef(eps.T) - torch.eye(D, dtype=eps.dtype)
    assert correlation.abs().max() < 6.5 / math.sqrt(N)
    neighbours = (eps[1:] * eps[:-1]).mean()
    assert abs(neighbours) < 6 / math.sqrt(N * D)


@exercise("reparameterize", weight=3, es="El ruido es normal.", en="The noise is normal.")
def test_noise_is_normal(student):
    eps = torch.cat([eps_of(student, 4), eps_of(student, 5, (generator(5),))])
    if eps.std() > 0.5 and not (eps.abs() > 2).any():
        raise Wrong("El ruido es uniforme; debe ser normal.", "The noise is uniform; it must be normal.")
    count = eps.numel()
    if eps.min() >= 0:
        raise Wrong("El ruido nunca es negativo; debe ser normal.", "The noise is never negative; it must be normal.")
    assert abs(moment(eps, 1)) < 5.5 / math.sqrt(count)
    assert abs(moment(eps, 3)) < 5.5 * math.sqrt(15 / count)
    assert abs(moment(eps, 4) - 3) < 5.5 * math.sqrt(96 / count)
    share = (eps.abs() > 2).double().mean().item()
    expected = math.erfc(2 / math.sqrt(2))
    assert abs(share - expected) < 5.5 * math.sqrt(expected * (1 - expected) / count)


@exercise(
    "reparameterize", weight=2, es="El ruido es nuevo en cada llamada.", en="The noise is drawn afresh in each call."
)
def test_noise_is_fresh(student):
    mu, logvar = torch.zeros(4, 3), torch.zeros(4, 3)
    first, second = (number(student.reparameterize(mu, logvar)) for _ in range(2))
    if near(first, mu, 0, 1e-6):
        raise Wrong("z es igual a mu: falta el ruido.", "z equals mu: the noise is missing.")
    if near(first, second):
        raise Wrong(
            "Dos llamadas dan el mismo ruido: ¿hay una semilla fija adentro?",
            "Two calls give the same noise: is there a fixed seed inside?",
        )
    zeros = torch.zeros(N, D)
    for more in ((), (generator(2),)):
        still = number(student.ask("reparameterize", zeros, zeros, *more, seed=SEED, gradients=False).ok().value)
        if abs(still.mean()) < 6 / math.sqrt(N * D) and abs(still.std() - 1) < 6 / math.sqrt(2 * N * D):
            continue
        raise Wrong(
            "Con torch.no_grad() el ruido falta o es otro: también se sortea al evaluar y al generar.",
            "Under torch.no_grad() the noise is missing or another one: it is drawn while evaluating and generating too.",
        )


CUT = ("El muestreo corta el gradiente.", "Sampling cuts the gradient.")


@exercise("reparameterize", weight=3, es="El gradiente llega a mu.", en="The gradient reaches mu.")
@pytest.mark.parametrize("size", [(5, 3), (1, 1)])
@GIVEN
def test_gradient_of_mu(student, size, more):
    outcome = student.ask("reparameterize", leaf(torch.randn(size), "mu"), torch.zeros(size), *more).ok()
    if outcome.gradients["mu"] is None or not outcome.gradients["mu"].any():
        raise Wrong(*CUT)
    close(outcome.gradients["mu"], torch.ones(size))


@exercise(
    "reparameterize",
    weight=3,
    es="El gradiente llega a logvar: es (z - mu) / 2.",
    en="The gradient reaches logvar: it is (z - mu) / 2.",
)
@pytest.mark.parametrize("size", [(5, 3), (2, 1)])
@GIVEN
def test_gradient_of_logvar(student, size, more):
    mu, logvar = torch.randn(size), torch.randn(size)
    outcome = student.ask("reparameterize", mu, leaf(logvar, "logvar"), *more).ok()
    if outcome.gradients["logvar"] is None or not outcome.gradients["logvar"].any():
        raise Wrong(*CUT)
    close(outcome.gradients["logvar"], (outcome.value - mu) / 2, rtol=1e-3, atol=1e-5)


@exercise("reparameterize", weight=1, es="El generador decide el ruido.", en="The generator decides the noise.")
def test_generator(student):
    mu, logvar = torch.zeros(6, 4), torch.zeros(6, 4)
    one, again, other = (number(student.reparameterize(mu, logvar, generator(seed))) for seed in (1, 1, 2))
    if not near(one, again):
        raise Wrong("El generador no se usó.", "The generator was not used.")
    assert not near(one, other)
    assert not student.ask("reparameterize", mu, logvar, generator(3), seed=7).ok().random_moved
    seeded_by_torch(student, lambda: student.reparameterize(mu, logvar))


@exercise(
    "reparameterize",
    weight=1,
    es="Conserva forma y dtype; mu y logvar quedan como estaban.",
    en="Shape and dtype stay; mu and logvar stay as they were.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (4, 1)])
@GIVEN
def test_inputs_stay(student, dtype, size, more):
    mu, logvar = torch.randn(size, dtype=dtype), torch.randn(size, dtype=dtype)
    outcome = student.ask("reparameterize", strided(mu), strided(logvar), *more, seed=SEED).ok()
    undisturbed(outcome)
    shape(outcome.value, size)
    tensors(outcome)
    assert outcome.value.dtype == dtype
    assert torch.equal(outcome.inputs[0], mu) and torch.equal(outcome.inputs[1], logvar)


@exercise(
    "reparameterize",
    weight=1,
    es="logvar muy chico o grande no da nan ni inf.",
    en="Very small or large logvar gives no nan or inf.",
)
def test_extreme_logvar(student):
    mu = torch.ones(50, 2)
    small = number(student.reparameterize(mu, torch.full((50, 2), -80.0)))
    close(small, mu, atol=1e-5)
    large = number(student.reparameterize(mu, torch.full((50, 2), 40.0)))
    assert large.isfinite().all() and large.std() > math.exp(20) / 3


# sample_prior


@exercise("sample_prior", weight=3, es="Son n puntos de N(0, I).", en="They are n points from N(0, I).")
def test_prior_is_standard_normal(student):
    student.seed(6)
    z = number(student.sample_prior(N, D))
    shape(z, (N, D))
    count = N * D
    if not (z.abs() > 2).any():
        raise Wrong("El ruido es uniforme; debe ser normal.", "The noise is uniform; it must be normal.")
    assert abs(moment(z, 1)) < 5.5 / math.sqrt(count)
    assert abs(moment(z, 2) - 1) < 5.5 * math.sqrt(2 / count)
    assert abs(moment(z, 4) - 3) < 5.5 * math.sqrt(96 / count)
    assert (torch.corrcoef(z.T) - torch.eye(D, dtype=z.dtype)).abs().max() < 6.5 / math.sqrt(N)


@exercise("sample_prior", weight=1, es="La forma es (n, latent_dim).", en="The shape is (n, latent_dim).")
@pytest.mark.parametrize(("n", "latent"), [(1, 1), (5, 2), (2, 128)])
def test_prior_shape(student, n, latent):
    shape(student.sample_prior(n, latent), (n, latent))


@exercise(
    "sample_prior",
    weight=1,
    es="Cada llamada da otros puntos; el generador los decide.",
    en="Each call gives other points; the generator decides them.",
)
def test_prior_is_fresh_and_seeded_by_the_generator(student):
    assert not near(number(student.sample_prior(4, 3)), number(student.sample_prior(4, 3)))
    one, again, other = (number(student.sample_prior(4, 3, generator(seed))) for seed in (1, 1, 2))
    assert near(one, again) and not near(one, other)
    outcome = student.ask("sample_prior", 4, 3, generator(3), seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert not outcome.random_moved
    seeded_by_torch(student, lambda: student.sample_prior(4, 3))
    assert number(student.ask("sample_prior", 4, 3, gradients=False).ok().value).any()
