"""Lesson 09: directions, and where the codes really lie."""

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
    near,
    refused,
    shape,
    squeezed,
    strided,
    tensors,
    unchanged,
    undisturbed,
)


def codes(n, d, seed=0):
    return torch.randn(n, d, generator=chance(seed)) * 2 + 1


def marks(n, share=0.3, seed=0):
    labels = torch.rand(n, generator=chance(seed)) < share
    labels[0], labels[1] = True, False
    return labels


# attribute_direction


def classes(n, d, share):
    """(z, labels, the mean of those with it, the mean of those without)."""
    z, labels = codes(n, d, n), marks(n, share, n)
    return z, labels, z[labels].double().mean(dim=0), z[~labels].double().mean(dim=0)


CLASSES = [(40, 5, 0.3), (2, 3, 0.5), (10, 1, 0.7), (200, 16, 0.05)]


@exercise(
    "attribute_direction",
    weight=3,
    leaves=USELESS,
    es="Va de la media de quienes no lo tienen a la de quienes lo tienen.",
    en="It goes from the mean of those without it to the mean of those with it.",
)
@pytest.mark.parametrize(("n", "d", "share"), CLASSES)
def test_way_of_the_direction(student, n, d, share):
    """How far it goes is another check's matter."""
    z, labels, has, lacks = classes(n, d, share)
    for given in (z, strided(z)):
        found = squeezed(student.attribute_direction(given, labels), (d,))
        shape(found, (d,))
        way = (has - lacks) / (has - lacks).norm()
        if near(found, found.norm() * -way, 1e-3, 1e-4):
            raise Wrong(*SAID.direction_reversed)
        close(found, found.norm() * way, rtol=1e-3, atol=1e-4)


@exercise(
    "attribute_direction",
    weight=2,
    leaves=SLIP,
    needs=("test_way_of_the_direction",),
    es="Es la media de quienes lo tienen menos la de quienes no.",
    en="It is the mean of those with it minus the mean of those without.",
)
@pytest.mark.parametrize(("n", "d", "share"), CLASSES)
def test_difference_of_means(student, n, d, share):
    z, labels, has, lacks = classes(n, d, share)
    right = has - lacks
    hints = [
        (has - z.double().mean(dim=0), SAID.minus_the_mean_of_all),
        (right / right.norm(), SAID.direction_normalised),
    ]
    close(squeezed(student.attribute_direction(z, labels), (d,)), right, hints=hints if d > 1 else ())


@exercise(
    "attribute_direction", weight=1, leaves=SLIP, es="Es un tensor de forma (D,).", en="It is a tensor of shape (D,)."
)
@pytest.mark.parametrize("d", [4, 1])
def test_direction_shape(student, d):
    outcome = student.ask("attribute_direction", codes(20, d), marks(20)).ok()
    tensors(outcome)
    shape(outcome.value, (d,))


@exercise(
    "attribute_direction",
    weight=2,
    es="Si falta una de las dos clases, da ValueError.",
    en="A missing class raises ValueError.",
)
@pytest.mark.parametrize("value", [True, False])
def test_a_missing_class(student, value):
    outcome = student.ask("attribute_direction", codes(6, 3), torch.full((6,), value))
    refused(outcome, f"todas las etiquetas en {value}", f"all labels {value}")


@exercise(
    "attribute_direction",
    weight=1,
    idle=True,
    es="z y labels quedan como estaban.",
    en="z and labels stay as they were.",
)
def test_direction_leaves_its_inputs(student):
    z, labels = codes(20, 4), marks(20)
    outcome = student.ask("attribute_direction", z, labels, seed=SEED).ok()
    unchanged(outcome, z=z, labels=labels)
    undisturbed(outcome)


# apply_attribute


@exercise(
    "apply_attribute",
    weight=4,
    leaves=USELESS,
    es="Cada código se mueve strength veces la dirección.",
    en="Each code moves by strength times the direction.",
)
@pytest.mark.parametrize("strength", [0.0, 1.0, -2.0, 0.5])
@pytest.mark.parametrize(("n", "d"), [(5, 4), (1, 1), (4, 4), (1, 6)])
def test_move(student, strength, n, d):
    z, direction = codes(n, d, 1), codes(1, d, 2)[0]
    hints = [
        (z - strength * direction, ("Se movió al revés.", "It moved the other way.")),
        (z + direction, SAID.strength_unused),
        (z + strength * direction / direction.norm(), SAID.direction_normalised),
    ]
    right = z + strength * direction
    found = student.apply_attribute(z, direction, strength)
    close(found, right, hints=[h for h in hints if not torch.allclose(h[0], right)])


@exercise(
    "apply_attribute", weight=1, idle=True, leaves=SLIP, es="El resultado es un tensor.", en="The result is a tensor."
)
def test_move_gives_a_tensor(student):
    tensors(student.ask("apply_attribute", codes(5, 4, 1), codes(1, 4, 2)[0], 1.5).ok())


@exercise(
    "apply_attribute",
    weight=2,
    idle=True,
    es="z y direction quedan como estaban.",
    en="z and direction stay as they were.",
)
def test_move_leaves_its_inputs(student):
    z, direction = codes(5, 4, 1), codes(1, 4, 2)[0]
    outcome = student.ask("apply_attribute", z, direction, 1.5, seed=SEED).ok()
    undisturbed(outcome)
    if not torch.equal(outcome.inputs[0], z):
        raise Wrong(*SAID.z_added_in_place)
    assert torch.equal(outcome.inputs[1], direction)


# fit_latent_gaussian


def fitted(student, d, mu, logvar):
    """(mean, cov), whatever dimensions of size 1 are too many or missing: that is another check's matter."""
    found = student.fit_latent_gaussian(mu, logvar)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Wrong(*SAID.mean_and_cov, came=True)
    return [squeezed(part, size) for part, size in zip(found, [(d,), (d, d)], strict=True)]


CASES = [(50, 4), (2, 3), (10, 1), (300, 16), (5, 5)]


@exercise("fit_latent_gaussian", weight=2, leaves=USELESS, es="La media es la de mu.", en="The mean is mu's.")
@pytest.mark.parametrize(("n", "d"), CASES)
def test_mean_of_the_gaussian(student, n, d):
    mu, logvar = codes(n, d, n), codes(n, d, n + 1) / 2
    close(fitted(student, d, mu, logvar)[0], mu.double().mean(dim=0))


@exercise(
    "fit_latent_gaussian",
    weight=4,
    leaves=USELESS,
    es="La covarianza es la de mu más la media de las varianzas.",
    en="The covariance is mu's plus the mean of the variances.",
)
@pytest.mark.parametrize(("n", "d"), CASES)
def test_covariance_of_the_gaussian(student, n, d):
    """With the biased covariance of mu too: which of the two it is is another check's matter."""
    mu, logvar = codes(n, d, n).double(), codes(n, d, n + 1).double() / 2
    own, widths = torch.atleast_2d(torch.cov(mu.T)), logvar.exp().mean(dim=0)
    right = own + torch.diag(widths)
    hints = [
        (own, SAID.widths_missing),
        (own + torch.diag((logvar / 2).exp().mean(dim=0)), SAID.widths_are_sigmas),
        (own + torch.diag(logvar.mean(dim=0).exp()), SAID.widths_of_mean_logvar),
        (own + widths, SAID.widths_everywhere),
        (torch.diag(own.diagonal() + widths), SAID.covariances_missing),
    ]
    hints = [h for h in hints if h[0].shape == right.shape and not torch.allclose(h[0], right)]
    biased = torch.atleast_2d(torch.cov(mu.T, correction=0)) + torch.diag(widths)
    for given in (mu.float(), logvar.float()), (strided(mu.float()), strided(logvar.float())):
        found = fitted(student, d, *given)[1]
        if not near(found, biased, 1e-3, 1e-4):
            close(found, right, rtol=1e-3, atol=1e-4, hints=hints)


@exercise(
    "fit_latent_gaussian",
    weight=1,
    needs=("test_covariance_of_the_gaussian",),
    **SAID.unbiased_covariance._asdict(),
)
def test_unbiased_covariance(student):
    mu, logvar = codes(5, 3), codes(5, 3, 1) / 2
    close(fitted(student, 3, mu, logvar)[1], torch.cov(mu.double().T) + torch.diag(logvar.double().exp().mean(dim=0)))


@exercise(
    "fit_latent_gaussian",
    weight=1,
    leaves=SLIP,
    needs=("test_covariance_of_the_gaussian",),
    es="Son tensores de formas (D,) y (D, D).",
    en="They are tensors of shapes (D,) and (D, D).",
)
@pytest.mark.parametrize(("n", "d"), CASES)
def test_shapes_of_the_gaussian(student, n, d):
    outcome = student.ask("fit_latent_gaussian", codes(n, d), codes(n, d, 1) / 2).ok()
    tensors(outcome)
    for part, size in zip(outcome.value, [(d,), (d, d)], strict=True):
        shape(part, size)


@exercise(
    "fit_latent_gaussian",
    weight=1,
    idle=True,
    es="mu y logvar quedan como estaban.",
    en="mu and logvar stay as they were.",
)
def test_gaussian_leaves_its_inputs(student):
    mu, logvar = codes(20, 3), codes(20, 3, 1) / 2
    outcome = student.ask("fit_latent_gaussian", mu, logvar, seed=SEED).ok()
    unchanged(outcome, mu=mu, logvar=logvar)
    undisturbed(outcome)
