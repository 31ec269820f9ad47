"""Visible checks of lesson 04: what telling a picture costs."""

import math

import torch

from ...sentences import SAID
from . import Hint, came, expect_shape


def _value(found) -> float:
    return float(torch.as_tensor(found).detach())


def _near(found, wanted: float) -> bool:
    return math.isclose(_value(found), wanted, rel_tol=2e-3, abs_tol=2e-3)


def _expect_gradient(value, **given) -> None:
    """Raise a Hint unless the value's gradient reaches each of the tensors, by their names."""
    for name, tensor in given.items():
        found = (
            torch.autograd.grad(value.sum(), tensor, retain_graph=True, allow_unused=True)[0]
            if value.requires_grad
            else None
        )
        if found is None or not found.any():
            raise Hint(es=f"En el camino a {name} {CUT[0]}", en=f"On the way to {name} {CUT[1]}")


def _expect(found, wanted: float, about: tuple[str, str], known=()) -> None:
    """Raise a Hint unless found is wanted; `known`: (value, es, en), mistakes told by the value that they give."""
    if _near(found, wanted):
        return
    for value, es, en in known:
        if _near(found, value):
            raise Hint(es=es, en=en)
    raise Hint(
        es=f"{about[0]}: se esperaba {wanted:.4g}, llegó {_value(found):.4g}.",
        en=f"{about[1]}: expected {wanted:.4g}, got {_value(found):.4g}.",
    )


ONCE = (
    "Con D = 4 llegó la cuarta parte: se suma sobre las dimensiones, y log(2π) entra una vez en cada una.",
    "With D = 4 a quarter came: the sum runs over the dimensions, and log(2π) enters once in each.",
)


ONE = (
    "Falta restar 1 por dimensión: ahí la KL es 0.",
    "A 1 has to be subtracted for each dimension: the KL is 0 there.",
)
LOG = (
    "Se resta log sigma², que es logvar, y no log sigma.",
    "What is subtracted is log sigma², which is logvar, not log sigma.",
)
PLUS = ("logvar se resta, no se suma.", "logvar is subtracted, not added.")
ONE_TERM = (
    "Falta el término (1 - x) log(1 - x_hat), el de los píxeles oscuros.",
    "The term (1 - x) log(1 - x_hat), that of the dark pixels, is missing.",
)
AGAIN = (
    "x_hat ya son probabilidades: se le aplicó otra sigmoide (también ..._with_logits lo hace).",
    "x_hat are probabilities already: another sigmoid was applied (..._with_logits does so, too).",
)
MINUS = ("El costo llegó negativo: sobra un signo menos.", "The cost came out negative: a minus is one too many.")
SQUARE = ("Falta elevar las diferencias al cuadrado.", "The differences have to be squared.")
SIZE = ("Las diferencias cuentan sin signo: falta abs().", "Differences count without their sign: abs() is missing.")
CUT = (
    "se perdió el gradiente (¿.item(), .detach(), .data?): así nada se aprende.",
    "the gradient was lost (.item(), .detach(), .data?): nothing can be learnt that way.",
)


def kl_divergence(student_kl):
    n, d = 8, 16
    mu = torch.linspace(-1, 1, n * d).reshape(n, d)
    es, en = "¿faltó sumar sobre las dimensiones latentes?", "was the sum over the latent dimensions left out?"
    found = student_kl(mu, torch.zeros(n, d))
    if tuple(getattr(found, "shape", ())) in ((), (d,)):
        es, en = f"{SAID.one_value_each.es} Se suma en dim=1.", f"{SAID.one_value_each.en} The sum runs over dim=1."
    expect_shape(found, (n,), es=es, en=en)
    asleep = student_kl(torch.zeros(3, 2), torch.zeros(3, 2))[0]
    known = [(1.0, *ONE), (2.0, *ONE)]
    _expect(asleep, 0.0, ("Con mu = (0, 0) y logvar = (0, 0)", "With mu = (0, 0) and logvar = (0, 0)"), known)
    moved = student_kl(torch.ones(3, 2), torch.zeros(3, 2))[0]
    known = [(0.5, *SAID.dimensions_averaged), (2.0, *SAID.kl_half), (-1.0, *SAID.kl_sign), (-2.0, *SAID.kl_sign)]
    _expect(moved, 1.0, ("Con mu = (1, 1) y logvar = (0, 0)", "With mu = (1, 1) and logvar = (0, 0)"), known)
    opposite = student_kl(-torch.ones(3, 2), torch.zeros(3, 2))[0]
    about = ("Con mu = (-1, -1) y logvar = (0, 0)", "With mu = (-1, -1) and logvar = (0, 0)")
    _expect(opposite, 1.0, about, [(-1.0, "mu va al cuadrado.", "mu is squared.")])
    wide = student_kl(torch.zeros(3, 1), torch.full((3, 1), math.log(4)))[0]
    right = 0.5 * (3 - math.log(4))
    known = [(right - 1, *SAID.kl_sigma), (right + math.log(4) / 4, *LOG), (right + math.log(4), *PLUS)]
    _expect(wide, right, ("Con mu = 0 y logvar = ln 4", "With mu = 0 and logvar = ln 4"), known)
    _gradients(student_kl)


def _gradients(student_kl) -> None:
    mu, logvar = torch.ones(2, 3, requires_grad=True), torch.ones(2, 3, requires_grad=True)
    _expect_gradient(student_kl(mu, logvar), mu=mu, logvar=logvar)


TOTALS = {"bce": 24 * math.log(4), "mse": 24 * 0.75**2, "l1": 24 * 0.75}


def reconstruction_loss(student_loss):
    x, x_hat = torch.ones(5, 2, 3, 4), torch.full((5, 2, 3, 4), 0.25)
    for kind, total in TOTALS.items():
        found = student_loss(x, x_hat, kind)
        expect_shape(found, (5,), **SAID.one_value_each._asdict())
        about = f"kind={kind!r}, x = 1, x_hat = 0.25, 2 x 3 x 4"
        known = [(total / 24, *SAID.pixels_averaged), (-total, *MINUS), *_kinds(kind, total, _value(found[0]))]
        _expect(found[0], total, (about, about), known)
    if not _near(student_loss(x, x_hat)[0], TOTALS["bce"]):
        raise Hint(*SAID.bce_by_default)
    dark = student_loss(torch.zeros(2, 1, 1, 1), torch.full((2, 1, 1, 1), 0.25), "bce")[0]
    _expect(dark, math.log(4 / 3), ("BCE con x = 0, x_hat = 0.25", "BCE with x = 0, x_hat = 0.25"), [(0, *ONE_TERM)])
    below = student_loss(torch.zeros(2, 1, 1, 1), torch.full((2, 1, 1, 1), 0.25), "l1")[0]
    _expect(below, 0.25, ("l1 con x = 0, x_hat = 0.25", "l1 with x = 0, x_hat = 0.25"), [(-0.25, *SIZE)])
    _ends(student_loss, x)
    guess = x_hat.clone().requires_grad_()
    for kind in TOTALS:
        _expect_gradient(student_loss(x, guess, kind), x_hat=guess)


def _kinds(kind: str, total: float, found: float) -> list:
    if kind == "bce":
        again = (24 * math.log(1 + math.exp(-0.25)), *AGAIN)
        return [again, (found, *SAID.bce_swapped)] if found > 2 * total else [again]
    if kind == "l1":
        return []
    return [(total / 2, *SAID.half_of_squares), (TOTALS["l1"], *SQUARE)]


def _ends(student_loss, x) -> None:
    if not torch.isfinite(student_loss(x, torch.zeros_like(x), "bce")).all():
        raise Hint(*SAID.log_of_0)
    try:
        student_loss(x, x, "huber")
    except ValueError:
        return
    raise Hint(*SAID.unknown_kind)


def log_normal(student_log):
    zeros = torch.zeros(6, 4)
    found = student_log(zeros, zeros, zeros)
    expect_shape(found, (6,), **SAID.one_value_each._asdict())
    constant = -2 * math.log(2 * math.pi)
    known = [
        (0, *SAID.log_2_pi_missing),
        (-constant, *SAID.density_sign),
        (constant / 4, *ONCE),
        (math.exp(constant), "Llegó la densidad; se pide su logaritmo.", "That is the density; its log is wanted."),
        (2 * constant, "Falta el factor 1/2.", "The factor 1/2 is missing."),
    ]
    if not math.isfinite(_value(found[0])):
        raise Hint(
            es="Con logvar = 0, que es varianza 1, no llegó un número: la varianza es exp(logvar).",
            en="With logvar = 0, which is variance 1, no number came: the variance is exp(logvar).",
        )
    _expect(found[0], constant, ("En z = mu = 0, D = 4, logvar = 0", "At z = mu = 0, D = 4, logvar = 0"), known)
    wide = student_log(zeros, zeros, zeros + math.log(4))[0]
    known = [(constant, *SAID.log_width_missing)]
    right = constant - 2 * math.log(4)
    _expect(wide, right, ("En z = mu, D = 4, logvar = ln 4", "At z = mu, D = 4, logvar = ln 4"), known)
    away = student_log(zeros + 2, zeros, zeros + math.log(4))[0]
    by_sigma = "La distancia (z - mu)² se divide por la varianza, exp(logvar), no por sigma."
    known = [
        (right - 4, by_sigma, "The distance (z - mu)² is divided by the variance, exp(logvar), not by sigma."),
        (right - 8, "Falta dividir (z - mu)² por la varianza, exp(logvar).",
         "(z - mu)² has to be divided by the variance, exp(logvar)."),
    ]  # fmt: skip
    _expect(away, right - 2, ("En z - mu = 2, D = 4, logvar = ln 4", "At z - mu = 2, D = 4, logvar = ln 4"), known)


def vae_loss(student_loss):
    n = 4
    x, x_hat = torch.ones(n, 1, 2, 3), torch.full((n, 1, 2, 3), 0.25, requires_grad=True)
    mu, logvar = torch.ones(n, 5, requires_grad=True), torch.zeros(n, 5, requires_grad=True)
    found = student_loss(x, x_hat, mu, logvar, 3.0, "mse")
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise came(found, SAID.three_terms)
    loss, reconstruction, kl = found
    for part in found:
        es, en = "falta la media sobre el batch", "the mean over the batch is missing"
        expect_shape(torch.as_tensor(part), (), es=es, en=en)
    _parts(loss, reconstruction, kl, n)
    if not getattr(loss, "requires_grad", False):
        raise Hint(
            es="loss perdió su gradiente (¿.item() o .detach()?): así nada se aprende.",
            en="loss has lost its gradient (.item() or .detach()?): nothing can be learnt that way.",
        )
    _expect_gradient(loss, x_hat=x_hat, mu=mu)
    (default, *_) = student_loss(x, x_hat, mu, logvar)
    about = ("Sin nombrar beta ni kind, loss", "With neither beta nor kind named, loss")
    if _value(default) > 50:
        raise Hint(*SAID.bce_swapped)
    _expect(default, 6 * math.log(4) + 2.5, about)


def _parts(loss, reconstruction, kl, n: int) -> None:
    """n pictures of 6 pixels with error 0.5625 each, 5 dimensions of half a nat each, beta 3, squared error."""
    r, k = 6 * 0.75**2, 2.5
    swapped = ("El orden es (loss, reconstruction, kl).", "The order is (loss, reconstruction, kl).")
    ignored = ("kind no llegó a la reconstrucción.", "kind did not reach the reconstruction.")
    codes = ("kl_divergence recibió logvar y mu en ese orden.", "kl_divergence was given logvar and mu in that order.")
    elbo = ("Eso es el ELBO, que debe crecer; la pérdida es su opuesto.", "That is the ELBO; the loss is its opposite.")
    known = [(r / 6, *SAID.pixels_averaged), (n * r, *SAID.batch_added_up), (k, *swapped), (6 * math.log(4), *ignored)]
    _expect(reconstruction, r, ("reconstruction (mse)", "reconstruction (mse)"), known)
    _expect(
        kl,
        k,
        ("kl", "kl"),
        [
            (2.5 * (math.e - 2), *codes),
            (3 * k, *SAID.kl_times_beta),
            (k / 5, *SAID.dimensions_averaged),
            (n * k, *SAID.batch_added_up),
            (-k, *SAID.kl_sign),
            (2 * k, *SAID.kl_half),
        ],
    )
    known = [
        (r + k, *SAID.beta_unused),
        (3 * r + k, *SAID.beta_on_reconstruction),
        (r - 3 * k, *SAID.kl_subtracted),
        (-r - 3 * k, *elbo),
    ]
    _expect(loss, r + 3 * k, ("loss con beta = 3", "loss with beta = 3"), known)
