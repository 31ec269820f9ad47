"""Lesson 03: drawing z."""

import math

import pytest
import torch
from checking import (
    SLIP,
    USELESS,
    Wrong,
    close,
    exercise,
    generator,
    leaf,
    near,
    number,
    shape,
    slopes,
    squeezed,
    strided,
    unchanged,
)  # fmt: skip

N, D = 2000, 8  # draws for statistics


def drawn(student, mu, logvar, *more):
    z = squeezed(student.reparameterize(mu, logvar, *more), mu.shape)
    shape(z, mu.shape)
    return z


def eps_of(student, seed=0):
    """What the student adds, in units of the deviation, for mu = 3 and a deviation of 2: (N, D)."""
    student.seed(seed)
    return (drawn(student, torch.full((N, D), 3.0), torch.full((N, D), 2 * math.log(2))) - 3) / 2


def standard(eps):
    """The noise with mean 0 and deviation 1, whatever it had: those are checked for themselves."""
    if eps.std() < 1e-6:
        raise Wrong("No hay ruido.", "There is no noise.")
    return (eps - eps.mean()) / eps.std()


def moment(eps, power):
    return (eps**power).mean().item()


@exercise(
    "reparameterize",
    weight=4,
    leaves=USELESS,
    needs=("test_noise_is_fresh", "test_noise_is_its_own"),
    es="La desviación de z es exp(logvar / 2).",
    en="The deviation of z is exp(logvar / 2).",
)
@pytest.mark.parametrize("logvar", [-4.0, 0.0, 2.0, 5.0])
def test_deviation(student, logvar):
    student.seed(1)
    sd = drawn(student, torch.zeros(N, D), torch.full((N, D), logvar)).std().item()
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


@exercise(
    "reparameterize",
    weight=2,
    leaves=USELESS,
    needs=("test_noise_is_normal", "test_noise_is_its_own"),
    es="La media de z es mu.",
    en="The mean of z is mu.",
)
def test_mean(student):
    student.seed(2)
    mu = torch.linspace(-5, 5, D).expand(N, D).contiguous()
    mean = drawn(student, mu, torch.zeros(N, D)).mean(dim=0)
    close(
        mean,
        mu[0],
        rtol=0,
        atol=6 / math.sqrt(N),
        hints=[(torch.zeros(D), ("mu no llegó a z.", "mu did not reach z."))],
    )


@exercise(
    "reparameterize",
    weight=4,
    leaves=SLIP,
    needs=("test_noise_is_fresh",),
    es="Cada elemento recibe su propio ruido.",
    en="Each element gets noise of its own.",
)
def test_noise_is_its_own(student):
    eps = standard(eps_of(student, 3))
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


@exercise(
    "reparameterize",
    weight=4,
    leaves=SLIP,
    needs=("test_noise_is_fresh", "test_noise_is_its_own"),
    es="El ruido es normal.",
    en="The noise is normal.",
)
def test_noise_is_normal(student):
    raw = torch.cat([eps_of(student, 4), eps_of(student, 5)])
    if raw.min() >= 0:
        raise Wrong("El ruido nunca es negativo; debe ser normal.", "The noise is never negative; it must be normal.")
    eps = standard(raw)
    if not (eps.abs() > 2).any():
        raise Wrong(
            "El ruido nunca pasa de dos desviaciones; debe ser normal (¿rand en lugar de randn?).",
            "The noise never exceeds two deviations; it must be normal (rand in the place of randn?).",
        )
    count = eps.numel()
    assert abs(moment(eps, 3)) < 5.5 * math.sqrt(15 / count)
    assert abs(moment(eps, 4) - 3) < 5.5 * math.sqrt(96 / count)
    share = (eps.abs() > 2).double().mean().item()
    expected = math.erfc(2 / math.sqrt(2))
    assert abs(share - expected) < 5.5 * math.sqrt(expected * (1 - expected) / count)


@exercise(
    "reparameterize",
    weight=2,
    leaves=USELESS,
    es="El ruido es nuevo en cada llamada.",
    en="The noise is drawn afresh in each call.",
)
def test_noise_is_fresh(student):
    mu, logvar = torch.zeros(4, 3), torch.zeros(4, 3)
    first, second = (drawn(student, mu, logvar) for _ in range(2))
    if near(first, mu, 0, 1e-6):
        raise Wrong("z es igual a mu: falta el ruido.", "z equals mu: the noise is missing.")
    if near(first, second):
        raise Wrong(
            "Dos llamadas dan el mismo ruido: ¿hay una semilla fija adentro?",
            "Two calls give the same noise: is there a fixed seed inside?",
        )


CUT = ("El muestreo corta el gradiente.", "Sampling cuts the gradient.")


def gradient(student, mu, logvar, name):
    """The outcome of a draw, of which one of the two is a leaf that a gradient reaches."""
    given = {"mu": mu, "logvar": logvar}
    outcome = student.ask("reparameterize", *(leaf(x, key) if key == name else x for key, x in given.items())).ok()
    if outcome.gradients[name] is None or not outcome.gradients[name].any():
        raise Wrong(*CUT, came=not isinstance(outcome.value, torch.Tensor))
    return outcome


@exercise("reparameterize", weight=3, leaves=USELESS, es="El gradiente llega a mu.", en="The gradient reaches mu.")
@pytest.mark.parametrize("size", [(5, 3), (1, 1)])
def test_gradient_of_mu(student, size):
    mu, logvar = torch.randn(size), torch.zeros(size)
    outcome = gradient(student, mu, logvar, "mu")
    if not near(outcome.gradients["mu"], torch.ones(size)):
        slopes(student, "reparameterize", [mu, logvar], {"mu": 0}, seed=3)


@exercise(
    "reparameterize",
    weight=3,
    leaves=USELESS,
    needs=("test_noise_is_fresh",),
    es="El gradiente llega a logvar: es (z - mu) / 2.",
    en="The gradient reaches logvar: it is (z - mu) / 2.",
)
@pytest.mark.parametrize("size", [(5, 3), (2, 1)])
def test_gradient_of_logvar(student, size):
    mu, logvar = torch.randn(size), torch.randn(size)
    outcome = gradient(student, mu, logvar, "logvar")
    if not near(outcome.gradients["logvar"], (squeezed(outcome.value, size) - mu) / 2, 1e-3, 1e-5):
        slopes(student, "reparameterize", [mu, logvar], {"logvar": 1}, seed=3)


@exercise(
    "reparameterize",
    weight=1,
    needs=("test_noise_is_fresh",),
    es="El generador decide el ruido.",
    en="The generator decides the noise.",
)
def test_generator(student):
    mu, logvar = torch.zeros(6, 4), torch.zeros(6, 4)
    one, again, other = (drawn(student, mu, logvar, generator(seed)) for seed in (1, 1, 2))
    if not near(one, again):
        raise Wrong("El generador no se usó.", "The generator was not used.")
    if near(one, other):
        raise Wrong("Dos generadores distintos dan el mismo ruido.", "Two different generators give the same noise.")
    assert not student.ask("reparameterize", mu, logvar, generator(3), seed=7).ok().random_moved


@exercise("reparameterize", weight=1, leaves=SLIP, es="z tiene la forma de mu.", en="z has the shape of mu.")
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (4, 1)])
def test_shape_of_z(student, size):
    shape(student.reparameterize(torch.randn(size), torch.randn(size)), size)


@exercise(
    "reparameterize",
    weight=1,
    es="Conserva el dtype; mu y logvar quedan como estaban.",
    en="The dtype stays; mu and logvar stay as they were.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_inputs_stay(student, dtype):
    mu, logvar = torch.randn(3, 5, dtype=dtype), torch.randn(3, 5, dtype=dtype)
    outcome = student.ask("reparameterize", strided(mu), strided(logvar)).ok()
    unchanged(outcome, mu=mu, logvar=logvar)
    number(outcome.value)
    if getattr(outcome.value, "dtype", None) != dtype:
        raise Wrong(f"mu es {dtype} y z no.", f"mu is {dtype} and z is not.", came=True)


@exercise(
    "reparameterize",
    weight=1,
    needs=("test_deviation", "test_mean"),
    es="logvar muy chico o grande no da nan ni inf.",
    en="Very small or large logvar gives no nan or inf.",
)
def test_extreme_logvar(student):
    mu = torch.ones(50, 2)
    close(drawn(student, mu, torch.full((50, 2), -80.0)), mu, atol=1e-5)
    large = drawn(student, mu, torch.full((50, 2), 40.0))
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
    assert not student.ask("sample_prior", 4, 3, generator(3), seed=7).ok().random_moved
