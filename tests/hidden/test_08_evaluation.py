"""Lesson 08: numbers for samples."""

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
    indices,
    near,
    shape,
    squeezed,
    strided,
    tensors,
    unchanged,
    undisturbed,
)

# frechet_distance


def features(n, f, seed=0, scale=1.0, shift=0.0):
    random = chance(seed)
    mix = torch.randn(f, f, generator=random)
    return scale * torch.randn(n, f, generator=random) @ mix + shift


def frechet(a, b, unbiased=True):
    """In double precision; the trace of the root of the product from the eigenvalues of a symmetric matrix."""
    a, b = a.double(), b.double()
    correction = 1 if unbiased else 0
    ca, cb = (torch.atleast_2d(torch.cov(x.T, correction=correction)) for x in (a, b))
    values, vectors = torch.linalg.eigh(ca)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    trace = torch.linalg.eigvalsh(root @ cb @ root).clamp(min=0).sqrt().sum()
    return (a.mean(dim=0) - b.mean(dim=0)).square().sum() + ca.trace() + cb.trace() - 2 * trace


SETS = [(200, 4, 150), (60, 8, 90), (50, 1, 40), (400, 3, 30)]


def distance(student, a, b):
    """A number; a complex one by its real part, which is another check's matter."""
    found = student.frechet_distance(a, b)
    return squeezed(found.real if isinstance(found, torch.Tensor) and found.is_complex() else found, ())


FORMULA = ("test_formula",)


@exercise(
    "frechet_distance",
    weight=4,
    leaves=USELESS,
    es="Es |Δmedia|² + tr(A + B - 2 (AB)^(1/2)).",
    en="It is |Δmean|² + tr(A + B - 2 (AB)^(1/2)).",
)
@pytest.mark.parametrize(("n", "f", "m"), SETS)
def test_formula(student, n, f, m):
    """With the biased covariance too: which of the two it is is another check's matter."""
    a, b = features(n, f, 1), features(m, f, 2, 0.6, 0.8)
    right = frechet(a, b)
    ca, cb = (torch.atleast_2d(torch.cov(x.double().T)) for x in (a, b))
    means = (a.double().mean(dim=0) - b.double().mean(dim=0)).square().sum()
    elements = means + ca.trace() + cb.trace() - 2 * (ca @ cb).diagonal().abs().sqrt().sum()
    hints = [
        (right.sqrt(), SAID.root_of_distance),
        (means, ("Falta la parte de las covarianzas.", "The part of the covariances is missing.")),
        (right - means, ("Falta la distancia entre las medias.", "The distance between the means is missing.")),
        (elements, SAID.root_of_elements),
    ]
    for one, other in ((a, b), (strided(a), strided(b)), (a.double(), b.double())):
        found = distance(student, one, other)
        if not near(found, frechet(a, b, unbiased=False), 2e-3, 1e-3):
            close(found, right, rtol=2e-3, atol=1e-3, hints=hints)


@exercise("frechet_distance", weight=2, needs=FORMULA, **SAID.unbiased_covariance._asdict())
def test_unbiased(student):
    a, b = features(12, 3, 1), features(9, 3, 2, 0.6, 0.8)
    close(distance(student, a, b), frechet(a, b), rtol=2e-3, atol=1e-3)


@exercise(
    "frechet_distance",
    weight=2,
    needs=FORMULA,
    es="Entre gaussianas de una dimensión es (Δmedia)² + (Δdesviación)².",
    en="Between one-dimensional Gaussians it is (Δmean)² + (Δdeviation)².",
)
def test_one_dimension(student):
    line = torch.linspace(-1, 1, 101).unsqueeze(1)
    a, b = 2 * line, 0.5 * line + 3
    close(distance(student, a, b), 9 + (a.std() - b.std()) ** 2, rtol=2e-3)


@exercise("frechet_distance", weight=1, leaves=SLIP, es="Es un solo número real.", en="It is one real number.")
@pytest.mark.parametrize("f", [1, 4])
def test_one_real_number(student, f):
    found = student.frechet_distance(features(50, f, 1), features(40, f, 2))
    if not isinstance(found, (float, int)):
        shape(found, ())
    if isinstance(found, torch.Tensor) and found.is_complex():
        raise Wrong(*SAID.complex_number)


@exercise(
    "frechet_distance",
    weight=2,
    needs=(*FORMULA, "test_one_real_number"),
    es="De un conjunto a sí mismo es 0, nunca negativa.",
    en="From a set to itself it is 0, never negative.",
)
@pytest.mark.parametrize(("n", "f"), [(100, 5), (80, 1), (300, 16)])
def test_distance_to_itself(student, n, f):
    a = features(n, f, 3)
    found = distance(student, a, a.clone())
    shape(found, ())
    not_negative(found)
    close(found, 0.0, atol=2e-2 * f)
    for a in (features(*size, seed) for size in ((6, 12), (100, 5)) for seed in range(6)):  # rounding falls below 0
        not_negative(distance(student, a, a.clone()))


def not_negative(found):
    """Raises Wrong if a distance is below 0."""
    if (found < 0).any():
        raise Wrong(
            "Dio negativa: el redondeo pide un mínimo de 0.", "It came out negative: rounding asks for a minimum of 0."
        )


@exercise(
    "frechet_distance",
    weight=2,
    needs=(*FORMULA, "test_unbiased"),
    es="Es real y finita aun con menos imágenes que rasgos.",
    en="It is real and finite even with fewer pictures than features.",
)
def test_fewer_pictures_than_features(student):
    a, b = features(6, 12, 4), features(9, 12, 5, 1.0, 1.0)
    close(distance(student, a, b), frechet(a, b), rtol=2e-2, atol=0.5)


@exercise(
    "frechet_distance", weight=1, needs=FORMULA, es="Da lo mismo en ambos sentidos.", en="It is the same both ways."
)
def test_symmetric(student):
    a, b = features(90, 4, 6), features(70, 4, 7, 0.5)
    close(distance(student, a, b), distance(student, b, a), rtol=5e-3, atol=1e-3)


@exercise(
    "frechet_distance",
    weight=1,
    idle=True,
    es="Los rasgos quedan como estaban.",
    en="Features stay as they were.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_frechet_leaves_its_inputs(student, dtype):
    a, b = features(50, 3, 8).to(dtype), features(40, 3, 9).to(dtype)
    outcome = student.ask("frechet_distance", a, b, seed=SEED).ok()
    unchanged(outcome, features_a=a, features_b=b)
    undisturbed(outcome)


# nearest_neighbours


def images(n, *size, seed=0):
    return torch.rand(n, *size, generator=chance(seed))


def nearest(samples, training):
    apart = (samples.double().flatten(1)[:, None] - training.double().flatten(1)[None]).square().sum(dim=2)
    return apart.argmin(dim=1)


def found_indices(student, samples, training):
    return squeezed(student.nearest_neighbours(samples, training), (len(samples),))


@exercise(
    "nearest_neighbours",
    weight=4,
    leaves=USELESS,
    es="Es el índice de la imagen de entrenamiento más cercana.",
    en="It is the index of the nearest training image.",
)
@pytest.mark.parametrize(
    ("n", "m", "size"), [(5, 20, (1, 4, 4)), (20, 5, (3, 2, 2)), (1, 1, (1, 3, 3)), (7, 7, (1, 6, 5))]
)
def test_index_of_the_nearest(student, n, m, size):
    samples, training = images(n, *size, seed=1), images(m, *size, seed=2)
    right, other = nearest(samples, training), nearest(training, samples)
    hints = [(other, SAID.searched_the_other_way)] if not torch.equal(other, right) else []
    close(found_indices(student, samples, training), right.double(), hints=hints)


@exercise(
    "nearest_neighbours",
    weight=1,
    leaves=SLIP,
    needs=("test_index_of_the_nearest",),
    es="Es un tensor de enteros, de forma (n,).",
    en="It is a tensor of whole numbers, of shape (n,).",
)
@pytest.mark.parametrize("n", [3, 1])
def test_neighbours_shape(student, n):
    outcome = student.ask("nearest_neighbours", images(n, 1, 4, 4, seed=4), images(6, 1, 4, 4, seed=5)).ok()
    indices(outcome)
    shape(outcome.value, (n,))


@exercise(
    "nearest_neighbours",
    weight=2,
    needs=("test_index_of_the_nearest",),
    es="Una copia se encuentra a sí misma.",
    en="A copy finds itself.",
)
def test_copies(student):
    training = images(12, 1, 5, 5, seed=3)
    chosen = torch.tensor([7, 0, 11, 3])
    close(found_indices(student, training[chosen].clone(), training), chosen.double())


@exercise(
    "nearest_neighbours",
    weight=2,
    needs=("test_index_of_the_nearest",),
    es="Cuenta el error al cuadrado, no el ángulo ni el brillo.",
    en="Squared error counts, not angle or brightness.",
)
def test_squared_error(student):
    training = torch.stack([torch.full((1, 2, 2), 0.9), torch.tensor([[[0.3, 0.1], [0.1, 0.3]]])])
    samples = torch.full((1, 1, 2, 2), 0.3)
    close(found_indices(student, samples, training), [1.0])
    training = torch.stack([torch.tensor([[[0.6, 0.0], [0.0, 0.0]]]), torch.tensor([[[0.2, 0.2], [0.2, 0.2]]])])
    close(found_indices(student, torch.zeros(1, 1, 2, 2), training), [1.0])


@exercise(
    "nearest_neighbours",
    weight=1,
    idle=True,
    es="Las imágenes quedan como estaban.",
    en="The images stay as they were.",
)
def test_neighbours_leave_the_images(student):
    samples, training = images(3, 1, 4, 4, seed=4), images(6, 1, 4, 4, seed=5)
    outcome = student.ask("nearest_neighbours", strided(samples), strided(training), seed=SEED).ok()
    unchanged(outcome, samples=samples, training_images=training)
    undisturbed(outcome)


# importance_weighted_bound


def logs(k, n, seed=0, scale=2.0):
    random = chance(seed)
    return [scale * torch.randn(k, n, generator=random) for _ in range(3)]


def bound(x, z, q):
    weights = x.double() + z.double() - q.double()
    return torch.logsumexp(weights, dim=0) - math.log(len(weights))


def bounded(student, *values):
    """(N,), whatever dimensions of size 1 are too many: that is another check's matter."""
    return squeezed(student.importance_weighted_bound(*values), (values[0].shape[1],))


@exercise(
    "importance_weighted_bound",
    weight=3,
    leaves=USELESS,
    es="Es log de la media de los pesos sobre las K muestras.",
    en="It is the log of the mean weight over the K samples.",
)
@pytest.mark.parametrize(("k", "n"), [(5, 4), (1, 3), (50, 1), (4, 4), (3, 7)])
def test_log_mean_exp(student, k, n):
    values = logs(k, n, k)
    x, z, q = (value.double() for value in values)
    hints = [
        ((x + z - q).mean(dim=0), SAID.logarithms_averaged),
        ((x + z - q).max(dim=0).values, SAID.largest_weight),
        (bound(x, z, q) + math.log(k), SAID.not_divided_by_k),
        (bound(x, z, -q), SAID.log_weight),
        (torch.logsumexp(x + z - q, dim=1) - math.log(n), SAID.mean_over_k),
    ]
    close(bounded(student, *values), bound(x, z, q), hints=hints if k > 1 else ())


@exercise(
    "importance_weighted_bound",
    weight=1,
    leaves=SLIP,
    needs=("test_log_mean_exp",),
    es="Es un tensor de forma (N,).",
    en="It is a tensor of shape (N,).",
)
@pytest.mark.parametrize(("k", "n"), [(5, 4), (50, 1), (1, 3)])
def test_bound_shape(student, k, n):
    outcome = student.ask("importance_weighted_bound", *logs(k, n)).ok()
    tensors(outcome)
    shape(outcome.value, (n,))


@exercise(
    "importance_weighted_bound",
    weight=2,
    needs=("test_log_mean_exp",),
    es="Pesos 1 y 3 dan log 2.",
    en="Weights 1 and 3 give log 2.",
)
def test_two_weights(student):
    x = torch.tensor([[0.0], [math.log(3)]])
    close(bounded(student, x, torch.zeros(2, 1), torch.zeros(2, 1)), [math.log(2)])


def expect_stable(student, offsets, spread):
    x, z, q = logs(6, 2, 9)
    x = x + torch.tensor(offsets) + torch.linspace(0, spread, 6).unsqueeze(1)
    found = bounded(student, x, z, q)
    if not found.isfinite().all():
        raise Wrong(*SAID.exp_overflows)
    close(found, bound(x, z, q), rtol=1e-4, atol=1e-2)


@exercise(
    "importance_weighted_bound",
    weight=3,
    leaves=USELESS,
    needs=("test_log_mean_exp",),
    es="Es estable con logaritmos grandes, como los de las imágenes.",
    en="It is stable for large logarithms, such as those of pictures.",
)
@pytest.mark.parametrize("offsets", [[-900.0, -900.0], [800.0, 800.0]])
def test_large_magnitudes(student, offsets):
    expect_stable(student, offsets, 0.0)


@exercise(
    "importance_weighted_bound",
    weight=2,
    leaves=SLIP,
    needs=("test_log_mean_exp", "test_large_magnitudes"),
    es="También si las imágenes o las muestras difieren mucho.",
    en="Even when images or samples differ much.",
)
@pytest.mark.parametrize("offsets", [[-900.0, -900.0], [800.0, 800.0], [-10_000.0, 50.0], [-5_000.0, 3_000.0]])
@pytest.mark.parametrize("spread", [0.0, 2000.0])
def test_images_that_differ_much(student, offsets, spread):
    expect_stable(student, offsets, spread)


@exercise(
    "importance_weighted_bound",
    weight=1,
    idle=True,
    es="Los logaritmos quedan como estaban.",
    en="The logarithms stay as they were.",
)
def test_bound_leaves_its_inputs(student):
    values = logs(4, 3)
    outcome = student.ask("importance_weighted_bound", *(strided(value) for value in values), seed=SEED).ok()
    unchanged(outcome, log_p_x_given_z=values[0], log_p_z=values[1], log_q_z_given_x=values[2])
    undisturbed(outcome)
