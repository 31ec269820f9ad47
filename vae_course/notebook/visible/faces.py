"""Visible checks of lesson 09: directions, and where the codes lie."""

import torch

from ...sentences import SAID
from ...text import Both
from . import Hint, came, expect_shape

Z = torch.tensor([[4.0, 0.0, 1.0], [6.0, 2.0, 1.0], [1.0, 5.0, 1.0], [1.0, 7.0, 2.0], [1.0, 3.0, 3.0]])  # (5, 3)
OWN_MISSING = Both(
    es="Falta la covarianza de mu: las nubes están en lugares distintos.",
    en="mu's own covariance is missing: the clouds lie in different places.",
)
EXP_MISSING = Both(es="exp(logvar) es la varianza: falta exp.", en="exp(logvar) is the variance: exp is missing.")
CORRELATIONS = Both(
    es="Son correlaciones; se pide la covarianza (torch.cov).",
    en="Those are correlations; the covariance is asked for (torch.cov).",
)
NOT_CENTRED = Both(
    es="Antes de multiplicar se resta la media de mu (torch.cov lo hace).",
    en="mu's mean is subtracted before multiplying (torch.cov does).",
)
LABELS = torch.tensor([True, True, False, False, False])


def _near(found, right) -> bool:
    found = torch.as_tensor(found).detach().double()
    return found.shape == right.shape and bool(torch.allclose(found, right.double(), rtol=1e-3, atol=1e-3))


def _told(found, known) -> None:
    """Raise the Hint of the first mistake that gives what was found; known: [(what it gives, its sentence)]."""
    for wrong, why in known:
        if _near(found, wrong):
            raise Hint(*why)


def _numbers(found) -> str:
    return str([round(value, 2) for value in torch.as_tensor(found).detach().flatten().tolist()])


def attribute_direction(attribute_direction):
    found = attribute_direction(Z.clone(), LABELS.clone())
    expect_shape(found, (3,), es="las medias se toman sobre las caras, dim=0", en="means are over the faces, dim=0")
    has, lacks = Z[LABELS].mean(dim=0), Z[~LABELS].mean(dim=0)
    right = has - lacks  # (4, -4, -1)
    known = [
        (-right, SAID.direction_reversed),
        (has - Z.mean(dim=0), SAID.minus_the_mean_of_all),
        (has, Both(es="Falta restar la media de los demás.", en="The mean of the others has to be subtracted.")),
        (Z[LABELS].sum(dim=0) - Z[~LABELS].sum(dim=0), Both(es="Van medias, no sumas.", en="Means, not sums.")),
        (right / right.norm(), SAID.direction_normalised),
    ]
    _told(found, known)
    if not _near(found, right):
        raise Hint(
            es=f"con medias (5, 1, 1) y (1, 5, 2) se esperaba [4, -4, -1], llegó {_numbers(found)}.",
            en=f"with means (5, 1, 1) and (1, 5, 2), [4, -4, -1] was expected, {_numbers(found)} came.",
        )
    for labels in (torch.ones(5, dtype=torch.bool), torch.zeros(5, dtype=torch.bool)):
        _expect_refusal(attribute_direction, labels)


def _expect_refusal(attribute_direction, labels):
    try:
        attribute_direction(Z.clone(), labels)
    except ValueError:
        return
    who = ("todas las caras lo tienen", "every face has it") if labels.all() else ("ninguna lo tiene", "none has it")
    raise Hint(
        es=f"cuando {who[0]} no hay con qué comparar: hace falta `raise ValueError(...)`.",
        en=f"where {who[1]} there is nothing to compare with: `raise ValueError(...)` is needed.",
    )


def apply_attribute(apply_attribute):
    z, direction = Z.clone(), torch.tensor([3.0, 0.0, -4.0])
    found = apply_attribute(z, direction, 2.0)
    if not torch.equal(z, Z):
        raise Hint(*SAID.z_added_in_place)
    expect_shape(found, (5, 3), es="cada código se mueve igual", en="every code makes the same move")
    unit = 2 * direction / direction.norm()
    away = Both(es="Los códigos fueron en sentido contrario.", en="The codes went in the opposite direction.")
    known = [(Z + direction, SAID.strength_unused), (Z + unit, SAID.direction_normalised), (Z - 2 * direction, away)]
    _told(found, known)
    if not _near(found, Z + 2 * direction):
        raise Hint(
            es=f"[4, 0, 1] movido 2 veces [3, 0, -4] es [10, 0, -7], llegó {_numbers(found[0])}.",
            en=f"[4, 0, 1] moved by 2 times [3, 0, -4] is [10, 0, -7], {_numbers(found[0])} came.",
        )


def fit_latent_gaussian(fit_latent_gaussian):
    mu = torch.tensor([[2.0, 0.0], [0.0, 2.0], [-2.0, -1.0], [4.0, 3.0]])
    logvar = torch.tensor([[4.0, 1.0], [9.0, 1.0], [1.0, 0.25], [2.0, 1.75]]).log()
    mean, cov = _two(fit_latent_gaussian(mu.clone(), logvar.clone()))
    if getattr(mean, "ndim", 0) == 2 and getattr(cov, "ndim", 0) == 1:
        raise Hint(es="el orden es (mean, cov): primero la media.", en="the order is (mean, cov): the mean first.")
    expect_shape(mean, (2,), es="una media por dimensión", en="one mean a dimension")
    expect_shape(cov, (2, 2), es="una covarianza por par de dimensiones", en="one covariance a pair of dimensions")
    if not _near(mean, mu.mean(dim=0)):
        raise Hint(
            es=f"la media de mu es {_numbers(mu.mean(dim=0))}, llegó {_numbers(mean)}.",
            en=f"the mean of mu is {_numbers(mu.mean(dim=0))}, {_numbers(mean)} came.",
        )
    own, widths = torch.cov(mu.T), logvar.exp().mean(dim=0)
    known = [
        (own, SAID.widths_missing),
        (own + (logvar / 2).exp().mean(dim=0).diag(), SAID.widths_are_sigmas),
        (own + logvar.mean(dim=0).exp().diag(), SAID.widths_of_mean_logvar),
        (widths.diag(), OWN_MISSING),
        (own + logvar.mean(dim=0).diag(), EXP_MISSING),
        (torch.corrcoef(mu.T) + widths.diag(), CORRELATIONS),
        (mu.T @ mu / len(mu) + widths.diag(), NOT_CENTRED),
        (own + widths, SAID.widths_everywhere),
        (torch.cov(mu.T, correction=0) + widths.diag(), SAID.unbiased_covariance),
        ((own.diagonal() + widths).diag(), SAID.covariances_missing),
    ]
    _told(cov, known)
    right = own + widths.diag()
    if not _near(cov, right):
        raise Hint(
            es=f"se esperaba la covarianza {_numbers(right)}, llegó {_numbers(cov)}.",
            en=f"the covariance {_numbers(right)} was expected, {_numbers(cov)} came.",
        )
    _, cov = _two(fit_latent_gaussian(mu[:, :1].clone(), logvar[:, :1].clone()))
    expect_shape(
        cov, (1, 1), es="con D = 1, torch.cov da un número suelto", en="with D = 1, torch.cov gives a bare number"
    )


def _two(found):
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise came(found, SAID.mean_and_cov)
    return found
