"""Lesson 08: numbers for samples."""

import math

import pytest
import torch
from checking import SEED, Wrong, close, exercise, number, shape, strided, tensors, undisturbed

# frechet_distance


def features(n, f, seed=0, scale=1.0, shift=0.0):
    random = torch.Generator().manual_seed(seed)
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


@exercise(
    "frechet_distance",
    weight=4,
    es="Es |Δmedia|² + tr(A + B - 2 (AB)^(1/2)).",
    en="It is |Δmean|² + tr(A + B - 2 (AB)^(1/2)).",
)
@pytest.mark.parametrize(("n", "f", "m"), SETS)
def test_formula(student, n, f, m):
    a, b = features(n, f, 1), features(m, f, 2, 0.6, 0.8)
    right = frechet(a, b)
    ca, cb = (torch.atleast_2d(torch.cov(x.double().T)) for x in (a, b))
    means = (a.double().mean(dim=0) - b.double().mean(dim=0)).square().sum()
    hints = [
        (
            right.sqrt(),
            ("Se pide la distancia al cuadrado, sin raíz.", "The squared distance is asked for, without the root."),
        ),
        (means, ("Falta la parte de las covarianzas.", "The part of the covariances is missing.")),
        (right - means, ("Falta la distancia entre las medias.", "The distance between the means is missing.")),
        (
            frechet(a, b, unbiased=False),
            (
                "La covarianza es la insesgada (divide por N - 1).",
                "The covariance is the unbiased one (divides by N - 1).",
            ),
        ),
        (
            means + ca.trace() + cb.trace() - 2 * (ca @ cb).diagonal().abs().sqrt().sum(),
            ("La raíz es la de la matriz, no la de cada elemento.", "The root is the matrix's, not each element's."),
        ),
    ]
    close(student.frechet_distance(a, b), right, rtol=2e-3, atol=1e-3, hints=hints)


@exercise(
    "frechet_distance",
    weight=2,
    es="Entre gaussianas de una dimensión es (Δmedia)² + (Δdesviación)².",
    en="Between one-dimensional Gaussians it is (Δmean)² + (Δdeviation)².",
)
def test_one_dimension(student):
    line = torch.linspace(-1, 1, 101).unsqueeze(1)
    a, b = 2 * line, 0.5 * line + 3
    close(student.frechet_distance(a, b), 9 + (a.std() - b.std()) ** 2, rtol=1e-3)


@exercise(
    "frechet_distance",
    weight=2,
    es="De un conjunto a sí mismo es 0, nunca negativa.",
    en="From a set to itself it is 0, never negative.",
)
@pytest.mark.parametrize(("n", "f"), [(100, 5), (80, 1), (300, 16)])
def test_distance_to_itself(student, n, f):
    a = features(n, f, 3)
    found = number(student.frechet_distance(a, a.clone()))
    shape(found, ())
    if found < 0:
        raise Wrong(
            "Dio negativa: el redondeo pide un mínimo de 0.", "It came out negative: rounding asks for a minimum of 0."
        )
    close(found, 0.0, atol=2e-2 * f)


@exercise(
    "frechet_distance",
    weight=2,
    es="Es real y finita aun con menos imágenes que rasgos.",
    en="It is real and finite even with fewer pictures than features.",
)
def test_fewer_pictures_than_features(student):
    a, b = features(6, 12, 4), features(9, 12, 5, 1.0, 1.0)
    found = student.frechet_distance(a, b)
    if not isinstance(found, (float, int, torch.Tensor)):
        raise Wrong("Se espera un número real.", "A real number is expected.")
    close(found, frechet(a, b), rtol=2e-2, atol=0.5)


@exercise("frechet_distance", weight=1, es="Da lo mismo en ambos sentidos.", en="It is the same both ways.")
def test_symmetric(student):
    a, b = features(90, 4, 6), features(70, 4, 7, 0.5)
    close(student.frechet_distance(a, b), number(student.frechet_distance(b, a)), rtol=5e-3, atol=1e-3)


@exercise(
    "frechet_distance",
    weight=1,
    es="Los rasgos quedan como estaban; también sirve float64.",
    en="Features stay as they were; float64 will do too.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_frechet_leaves_its_inputs(student, dtype):
    a, b = features(50, 3, 8).to(dtype), features(40, 3, 9).to(dtype)
    outcome = student.ask("frechet_distance", strided(a), strided(b), seed=SEED).ok()
    undisturbed(outcome)
    assert torch.equal(outcome.inputs[0], a) and torch.equal(outcome.inputs[1], b)
    close(outcome.value, frechet(a, b), rtol=2e-3, atol=1e-3)


# nearest_neighbours


def images(n, *size, seed=0):
    return torch.rand(n, *size, generator=torch.Generator().manual_seed(seed))


def nearest(samples, training):
    apart = (samples.double().flatten(1)[:, None] - training.double().flatten(1)[None]).square().sum(dim=2)
    return apart.argmin(dim=1)


@exercise(
    "nearest_neighbours",
    weight=4,
    es="Es el índice de la imagen de entrenamiento más cercana.",
    en="It is the index of the nearest training image.",
)
@pytest.mark.parametrize(
    ("n", "m", "size"), [(5, 20, (1, 4, 4)), (20, 5, (3, 2, 2)), (1, 1, (1, 3, 3)), (7, 7, (1, 6, 5))]
)
def test_index_of_the_nearest(student, n, m, size):
    samples, training = images(n, *size, seed=1), images(m, *size, seed=2)
    right = nearest(samples, training)
    other = nearest(training, samples)
    hints = (
        [
            (
                other,
                (
                    "Se buscó al revés: por cada muestra, en el entrenamiento.",
                    "The search went the other way: for each sample, among the training images.",
                ),
            )
        ]
        if not torch.equal(other, right)
        else []
    )
    close(student.nearest_neighbours(samples, training), right.double(), hints=hints)


@exercise("nearest_neighbours", weight=2, es="Una copia se encuentra a sí misma.", en="A copy finds itself.")
def test_copies(student):
    training = images(12, 1, 5, 5, seed=3)
    chosen = torch.tensor([7, 0, 11, 3])
    close(student.nearest_neighbours(training[chosen].clone(), training), chosen.double())


@exercise(
    "nearest_neighbours",
    weight=2,
    es="Cuenta el error al cuadrado, no el ángulo ni el brillo.",
    en="Squared error counts, not angle or brightness.",
)
def test_squared_error(student):
    training = torch.stack([torch.full((1, 2, 2), 0.9), torch.tensor([[[0.3, 0.1], [0.1, 0.3]]])])
    samples = torch.full((1, 1, 2, 2), 0.3)
    close(student.nearest_neighbours(samples, training), [1.0])
    training = torch.stack([torch.tensor([[[0.6, 0.0], [0.0, 0.0]]]), torch.tensor([[[0.2, 0.2], [0.2, 0.2]]])])
    close(student.nearest_neighbours(torch.zeros(1, 1, 2, 2), training), [1.0])


@exercise(
    "nearest_neighbours",
    weight=1,
    es="La forma es (n,); las imágenes quedan como estaban.",
    en="The shape is (n,); the images stay as they were.",
)
def test_neighbours_leave_the_images(student):
    samples, training = images(3, 1, 4, 4, seed=4), images(6, 1, 4, 4, seed=5)
    outcome = student.ask("nearest_neighbours", strided(samples), strided(training), seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    shape(outcome.value, (3,))
    assert torch.equal(outcome.inputs[0], samples) and torch.equal(outcome.inputs[1], training)


# importance_weighted_bound


def logs(k, n, seed=0, scale=2.0):
    random = torch.Generator().manual_seed(seed)
    return [scale * torch.randn(k, n, generator=random) for _ in range(3)]


def bound(x, z, q):
    weights = x.double() + z.double() - q.double()
    return torch.logsumexp(weights, dim=0) - math.log(len(weights))


@exercise(
    "importance_weighted_bound",
    weight=3,
    es="Es log de la media de los pesos sobre las K muestras.",
    en="It is the log of the mean weight over the K samples.",
)
@pytest.mark.parametrize(("k", "n"), [(5, 4), (1, 3), (50, 1), (4, 4), (3, 7)])
def test_log_mean_exp(student, k, n):
    values = logs(k, n, k)
    x, z, q = (value.double() for value in values)
    hints = (
        [
            (
                (x + z - q).mean(dim=0),
                ("Se promediaron logaritmos (eso es la ELBO).", "Logarithms were averaged (that is the ELBO)."),
            ),
            (bound(x, z, q) + math.log(k), ("Falta dividir por K.", "The division by K is missing.")),
            (bound(x, z, -q), ("log q se resta.", "log q is subtracted.")),
            (
                torch.logsumexp(x + z - q, dim=1) - math.log(n),
                ("La media es sobre K, la primera dimensión.", "The mean is over K, the first dimension."),
            ),
        ]
        if k > 1
        else []
    )
    close(student.importance_weighted_bound(*values), bound(x, z, q), hints=hints)


@exercise("importance_weighted_bound", weight=2, es="Pesos 1 y 3 dan log 2.", en="Weights 1 and 3 give log 2.")
def test_two_weights(student):
    x = torch.tensor([[0.0], [math.log(3)]])
    found = student.importance_weighted_bound(x, torch.zeros(2, 1), torch.zeros(2, 1))
    hints = [
        ([math.log(3) / 2], ("0.549 promedia logaritmos (ELBO).", "0.549 averages logarithms (ELBO).")),
        ([math.log(4)], ("1.386 olvida dividir por K.", "1.386 forgets to divide by K.")),
    ]
    close(found, [math.log(2)], hints=hints)


@exercise(
    "importance_weighted_bound",
    weight=3,
    es="Es estable con logaritmos grandes, también si las imágenes difieren mucho.",
    en="It is stable for large logarithms, even when images differ much.",
)
@pytest.mark.parametrize("offsets", [[-900.0, -900.0], [800.0, 800.0], [-10_000.0, 50.0], [-5_000.0, 3_000.0]])
@pytest.mark.parametrize("spread", [0.0, 2000.0])
def test_large_magnitudes(student, offsets, spread):
    x, z, q = logs(6, 2, 9)
    x = x + torch.tensor(offsets) + torch.linspace(0, spread, 6).unsqueeze(1)
    found = number(student.importance_weighted_bound(x, z, q))
    if not found.isfinite().all():
        raise Wrong(
            "exp desborda o da 0: conviene restar antes el máximo de cada imagen (logsumexp).",
            "exp overflows or gives 0: subtract each image's maximum first (logsumexp).",
        )
    close(found, bound(x, z, q), rtol=1e-4, atol=1e-2)


@exercise(
    "importance_weighted_bound",
    weight=1,
    es="Los logaritmos quedan como estaban.",
    en="The logarithms stay as they were.",
)
def test_bound_leaves_its_inputs(student):
    values = logs(4, 3)
    outcome = student.ask("importance_weighted_bound", *(strided(value) for value in values), seed=SEED).ok()
    undisturbed(outcome)
    tensors(outcome)
    assert all(torch.equal(found, given) for found, given in zip(outcome.inputs, values, strict=True))
