"""Lesson 07: the price of information."""

import itertools

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
    number,
    shape,
    squeezed,
    strided,
    tensors,
    unchanged,
    undisturbed,
)
from torch.distributions import Normal, kl_divergence

# beta_schedule


@exercise(
    "beta_schedule",
    weight=3,
    leaves=USELESS,
    es="Sube desde el comienzo hasta beta_max, que alcanza al final del calentamiento.",
    en="It rises from the start up to beta_max, which it reaches at the end of the warm-up.",
)
@pytest.mark.parametrize("top", [1.0, 4.0])
def test_it_rises_to_beta_max(student, top):
    """How straight it rises is another check's matter."""
    found = [number(student.beta_schedule(step, 10, top)).item() for step in (0, 2, 4, 6, 8, 10)]
    if not all(one < next_ for one, next_ in itertools.pairwise(found)) or found[0] > 0.2 * top:
        told = ", ".join(f"{one:.3g}" for one in found)
        raise Wrong(f"En los pasos 0, 2, ... 10 de 10 dio {told}.", f"At steps 0, 2, ... 10 of 10 it gave {told}.")
    close(found[-1], top, rtol=0.01)


@exercise(
    "beta_schedule",
    weight=3,
    leaves=SLIP,
    needs=("test_it_rises_to_beta_max",),
    es="Crece en línea recta de 0 a beta_max.",
    en="It grows in a straight line from 0 to beta_max.",
)
@pytest.mark.parametrize(
    ("step", "warmup", "top"),
    [
        (0, 10, 1.0),
        (0, 1, 3.0),
        (1, 1, 3.0),
        (5, 10, 1.0),
        (3, 4, 8.0),
        (1, 1000, 4.0),
        (10, 10, 2.0),
        (999, 1000, 1.0),
    ],
)
def test_ramp(student, step, warmup, top):
    close(student.beta_schedule(step, warmup, top), top * step / warmup)


@exercise(
    "beta_schedule",
    weight=2,
    leaves=SLIP,
    needs=("test_it_rises_to_beta_max",),
    es="Después de warmup_steps queda en beta_max.",
    en="After warmup_steps it stays at beta_max.",
)
@pytest.mark.parametrize(("step", "warmup", "top"), [(11, 10, 1.0), (10_000, 10, 4.0), (2, 1, 0.5), (7, 5, 0.0)])
def test_plateau(student, step, warmup, top):
    found = number(student.beta_schedule(step, warmup, top))
    if top and found > top * 1.0001:
        raise Wrong("beta sigue creciendo después del calentamiento.", "beta goes on growing after the warm-up.")
    close(found, top)


@exercise(
    "beta_schedule",
    weight=1,
    needs=("test_it_rises_to_beta_max",),
    es="Sin calentamiento (warmup_steps = 0) vale beta_max.",
    en="Without warm-up (warmup_steps = 0) it is beta_max.",
)
@pytest.mark.parametrize("step", [0, 1, 50])
def test_no_warmup(student, step):
    outcome = student.ask("beta_schedule", step, 0, 3.0, seed=SEED).ok()
    undisturbed(outcome)
    close(outcome.value, 3.0)


# kl_per_dimension


def codes(n, d, seed=0):
    random = chance(seed)
    return 1.5 * torch.randn(n, d, generator=random), 1.2 * torch.randn(n, d, generator=random)


def each(mu, logvar):
    return kl_divergence(Normal(mu.double(), (logvar.double() / 2).exp()), Normal(0.0, 1.0))


def per_dimension(student, mu, logvar):
    return squeezed(student.kl_per_dimension(mu, logvar), (mu.shape[1],))


@exercise(
    "kl_per_dimension",
    weight=4,
    leaves=USELESS,
    es="Es la media sobre el batch de la KL de cada dimensión.",
    en="It is the batch mean of each dimension's KL.",
)
@pytest.mark.parametrize(("n", "d"), [(6, 4), (1, 3), (5, 1), (4, 4), (50, 2)])
def test_mean_of_each_dimension(student, n, d):
    mu, logvar = codes(n, d, n)
    right = each(mu, logvar)
    hints = [(2 * right.mean(dim=0), SAID.kl_half), (-right.mean(dim=0), SAID.kl_sign)]
    if n > 1:
        hints += [(right.sum(dim=0), SAID.batch_added_up), (right.sum(dim=1), SAID.one_value_a_dimension)]
    for one, other in ((mu, logvar), (strided(mu), strided(logvar))):
        found = squeezed(student.kl_per_dimension(one, other), (d,))
        close(found, right.mean(dim=0), hints=hints)


@exercise(
    "kl_per_dimension",
    weight=1,
    leaves=SLIP,
    needs=("test_mean_of_each_dimension",),
    es="Es un tensor de forma (D,).",
    en="It is a tensor of shape (D,).",
)
@pytest.mark.parametrize(("n", "d"), [(6, 4), (5, 1), (1, 3)])
def test_kl_per_dimension_shape(student, n, d):
    outcome = student.ask("kl_per_dimension", *codes(n, d)).ok()
    tensors(outcome)
    shape(outcome.value, (d,))


@exercise(
    "kl_per_dimension",
    weight=2,
    needs=("test_mean_of_each_dimension",),
    es="Una dimensión igual al prior cuesta 0.",
    en="A dimension that equals the prior costs 0.",
)
def test_a_sleeping_dimension(student):
    mu, logvar = codes(5, 3)
    mu[:, 1], logvar[:, 1] = 0, 0
    found = per_dimension(student, mu, logvar)
    shape(found, (3,))
    close(found[1], 0.0)
    assert (found[[0, 2]] > 0).all()


@exercise(
    "kl_per_dimension",
    weight=1,
    idle=True,
    es="mu y logvar quedan como estaban.",
    en="mu and logvar stay as they were.",
)
def test_kl_per_dimension_leaves_its_inputs(student):
    mu, logvar = codes(5, 3)
    outcome = student.ask("kl_per_dimension", mu, logvar, seed=SEED).ok()
    unchanged(outcome, mu=mu, logvar=logvar)
    undisturbed(outcome)


# active_units


def spread(variances, n=50, seed=0, shift=0.0):
    """mu (n, D) with exactly these unbiased variances."""
    mu = torch.randn(n, len(variances), generator=chance(seed), dtype=torch.float64)
    mu = (mu - mu.mean(dim=0)) / mu.std(dim=0)
    return (mu * torch.tensor(variances, dtype=torch.float64).sqrt() + shift).float()


@exercise(
    "active_units",
    weight=4,
    leaves=USELESS,
    es="Cuenta dimensiones cuya media varía más que el umbral.",
    en="It counts dimensions whose mean varies by more than the threshold.",
)
@pytest.mark.parametrize(
    ("variances", "count"),
    [
        ([1.0, 0.5, 0.001, 0.0], 2),
        ([0.0, 0.0], 0),
        ([3.0], 1),
        ([0.02, 0.012, 0.008], 2),
        ([0.04, 0.005, 0.09, 0.0001], 2),
    ],
)
def test_count(student, variances, count):
    found = squeezed(student.active_units(spread(variances)), ())
    deviations = sum(v**0.5 > 0.01 for v in variances)
    if found.shape == () and found == deviations != count:
        raise Wrong(
            "Se comparó la desviación; el umbral es de la varianza.",
            "The deviation was compared; the threshold is of the variance.",
        )
    close(found, float(count))


@exercise(
    "active_units",
    weight=2,
    leaves=SLIP,
    needs=("test_count",),
    es="Una media lejos de 0 que no varía no está activa.",
    en="A mean far from 0 that does not vary is not active.",
)
def test_constant_means_are_not_active(student):
    mu = torch.full((20, 3), 5.0)
    mu[:, 0] += torch.linspace(-1, 1, 20)
    close(squeezed(student.active_units(mu), ()), 1.0)


@exercise(
    "active_units",
    weight=1,
    needs=("test_count",),
    es="El umbral se puede elegir.",
    en="The threshold can be chosen.",
)
@pytest.mark.parametrize(("threshold", "count"), [(0.3, 2), (0.0001, 4), (2.0, 0)])
def test_threshold(student, threshold, count):
    close(squeezed(student.active_units(spread([1.0, 0.5, 0.2, 0.001]), threshold), ()), float(count))
    still = torch.zeros(8, 3)
    still[::2, 0] = 1
    more = (
        "Con threshold = 0 contaron dimensiones de varianza 0: debe ser mayor que el umbral (>, no >=).",
        "With threshold = 0, dimensions of variance 0 were counted: it must be more than the threshold (>, not >=).",
    )
    close(squeezed(student.active_units(still, 0.0), ()), 1.0, hints=[(3.0, more)])


@exercise(
    "active_units",
    weight=1,
    needs=("test_count", "test_constant_means_are_not_active"),
    es="La varianza es la insesgada (divide por N - 1).",
    en="The variance is the unbiased one (divides by N - 1).",
)
def test_unbiased(student):
    close(squeezed(student.active_units(spread([0.0105, 0.0095], n=12)), ()), 1.0)


@exercise("active_units", weight=1, leaves=SLIP, es="Es un número entero.", en="It is a whole number.")
def test_whole_number(student):
    found = student.active_units(spread([1.0, 0.0]))
    if not isinstance(found, int) or isinstance(found, bool):
        raise Wrong(*SAID.an_int, came=True)


@exercise("active_units", weight=1, idle=True, es="mu queda como estaba.", en="mu stays as it was.")
def test_active_units_leaves_its_input(student):
    mu = spread([1.0, 0.0])
    outcome = student.ask("active_units", mu, seed=SEED).ok()
    unchanged(outcome, mu=mu)
    undisturbed(outcome)
