"""Lesson 09: directions, and where the codes really lie."""

import pytest
import torch
from checking import SEED, Wrong, close, exercise, number, shape, strided, tensors, undisturbed


def codes(n, d, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)) * 2 + 1


def marks(n, share=0.3, seed=0):
    labels = torch.rand(n, generator=torch.Generator().manual_seed(seed)) < share
    labels[0], labels[1] = True, False
    return labels


# attribute_direction


@exercise(
    "attribute_direction",
    weight=4,
    es="Es la media de quienes lo tienen menos la de quienes no.",
    en="It is the mean of those with it minus the mean of those without.",
)
@pytest.mark.parametrize(("n", "d", "share"), [(40, 5, 0.3), (2, 3, 0.5), (10, 1, 0.7), (200, 16, 0.05)])
def test_difference_of_means(student, n, d, share):
    z, labels = codes(n, d, n), marks(n, share, n)
    has, lacks = z[labels].double().mean(dim=0), z[~labels].double().mean(dim=0)
    right = has - lacks
    hints = [
        (
            -right,
            (
                "El sentido está invertido: va hacia quienes tienen el atributo.",
                "The way is reversed: it goes towards those with the attribute.",
            ),
        ),
        (
            has - z.double().mean(dim=0),
            (
                "Se resta la media de quienes no lo tienen, no la de todos.",
                "The mean of those without it is subtracted, not everyone's.",
            ),
        ),
        (right / right.norm(), ("La dirección no se normaliza.", "The direction is not normalised.")),
        (has, ("Falta restar la media de quienes no lo tienen.", "The mean of those without it has to be subtracted.")),
    ]
    close(student.attribute_direction(z, labels), right, hints=hints if d > 1 else ())


@exercise(
    "attribute_direction",
    weight=2,
    es="Si falta una de las dos clases, da ValueError.",
    en="A missing class raises ValueError.",
)
@pytest.mark.parametrize("value", [True, False])
def test_a_missing_class(student, value):
    outcome = student.ask("attribute_direction", codes(6, 3), torch.full((6,), value))
    assert outcome.error_type and "ValueError" in outcome.error_type


@exercise("attribute_direction", weight=1, es="z y labels quedan como estaban.", en="z and labels stay as they were.")
def test_direction_leaves_its_inputs(student):
    z, labels = codes(20, 4), marks(20)
    outcome = student.ask("attribute_direction", strided(z), labels, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    shape(outcome.value, (4,))
    assert torch.equal(outcome.inputs[0], z) and torch.equal(outcome.inputs[1], labels)


# apply_attribute


@exercise(
    "apply_attribute",
    weight=4,
    es="Cada código se mueve strength veces la dirección.",
    en="Each code moves by strength times the direction.",
)
@pytest.mark.parametrize("strength", [0.0, 1.0, -2.0, 0.5])
@pytest.mark.parametrize(("n", "d"), [(5, 4), (1, 1), (4, 4), (1, 6)])
def test_move(student, strength, n, d):
    z, direction = codes(n, d, 1), codes(1, d, 2)[0]
    hints = [
        (z - strength * direction, ("Se movió al revés.", "It moved the other way.")),
        (z + direction, ("strength no se usó.", "strength was not used.")),
        (
            z + strength * direction / direction.norm(),
            ("La dirección no se normaliza.", "The direction is not normalised."),
        ),
    ]
    right = z + strength * direction
    close(
        student.apply_attribute(z, direction, strength),
        right,
        hints=[h for h in hints if not torch.allclose(h[0], right)],
    )


@exercise("apply_attribute", weight=2, es="z y direction quedan como estaban.", en="z and direction stay as they were.")
def test_move_leaves_its_inputs(student):
    z, direction = codes(5, 4, 1), codes(1, 4, 2)[0]
    outcome = student.ask("apply_attribute", z, direction, 1.5, seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    if not torch.equal(outcome.inputs[0], z):
        raise Wrong("z cambió: += escribe en el tensor recibido.", "z changed: += writes into the tensor that came in.")
    assert torch.equal(outcome.inputs[1], direction)


# fit_latent_gaussian


def fitted(student, mu, logvar):
    found = student.fit_latent_gaussian(mu, logvar)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Wrong("Se esperan dos valores: (mean, cov).", "Two values are expected: (mean, cov).")
    return [number(part) for part in found]


CASES = [(50, 4), (2, 3), (10, 1), (300, 16), (5, 5)]


@exercise("fit_latent_gaussian", weight=2, es="La media es la de mu.", en="The mean is mu's.")
@pytest.mark.parametrize(("n", "d"), CASES)
def test_mean_of_the_gaussian(student, n, d):
    mu, logvar = codes(n, d, n), codes(n, d, n + 1) / 2
    close(fitted(student, mu, logvar)[0], mu.double().mean(dim=0))


@exercise(
    "fit_latent_gaussian",
    weight=4,
    es="La covarianza es la de mu más la media de las varianzas.",
    en="The covariance is mu's plus the mean of the variances.",
)
@pytest.mark.parametrize(("n", "d"), CASES)
def test_covariance_of_the_gaussian(student, n, d):
    mu, logvar = codes(n, d, n).double(), codes(n, d, n + 1).double() / 2
    own, widths = torch.atleast_2d(torch.cov(mu.T)), logvar.exp().mean(dim=0)
    right = own + torch.diag(widths)
    hints = [
        (
            own,
            (
                "Falta la anchura de cada nube: la media de exp(logvar).",
                "Each cloud's width is missing: the mean of exp(logvar).",
            ),
        ),
        (
            own + torch.diag((logvar / 2).exp().mean(dim=0)),
            ("Se usó sigma en lugar de sigma².", "Sigma stands where sigma² belongs."),
        ),
        (
            own + torch.diag(logvar.mean(dim=0).exp()),
            ("Se promedian varianzas, no logaritmos.", "Variances are averaged, not logarithms."),
        ),
        (own + widths, ("Las varianzas van solo en la diagonal.", "The variances go on the diagonal only.")),
        (
            torch.atleast_2d(torch.cov(mu.T, correction=0)) + torch.diag(widths),
            (
                "La covarianza es la insesgada (divide por N - 1).",
                "The covariance is the unbiased one (divides by N - 1).",
            ),
        ),
        (
            torch.diag(own.diagonal() + widths),
            ("Faltan las covarianzas entre dimensiones.", "The covariances between dimensions are missing."),
        ),
    ]
    close(
        fitted(student, mu.float(), logvar.float())[1],
        right,
        rtol=1e-3,
        atol=1e-4,
        hints=[h for h in hints if h[0].shape == right.shape and not torch.allclose(h[0], right)],
    )


@exercise("fit_latent_gaussian", weight=1, es="Las formas son (D,) y (D, D).", en="The shapes are (D,) and (D, D).")
@pytest.mark.parametrize(("n", "d"), CASES)
def test_shapes_of_the_gaussian(student, n, d):
    mean, covariance = fitted(student, codes(n, d), codes(n, d, 1) / 2)
    shape(mean, (d,))
    shape(covariance, (d, d))


@exercise("fit_latent_gaussian", weight=1, es="mu y logvar quedan como estaban.", en="mu and logvar stay as they were.")
def test_gaussian_leaves_its_inputs(student):
    mu, logvar = codes(20, 3), codes(20, 3, 1) / 2
    outcome = student.ask("fit_latent_gaussian", strided(mu), strided(logvar), seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert torch.equal(outcome.inputs[0], mu) and torch.equal(outcome.inputs[1], logvar)
