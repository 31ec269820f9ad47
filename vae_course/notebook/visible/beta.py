"""Visible checks of lesson 07."""

import math

import torch

from . import Hint, expect_shape


def beta_schedule(beta_schedule):
    """The middle, the end, beyond it, and no warm-up at all."""
    for step, warmup, top, right in ((0, 10, 4.0, 0.0), (5, 10, 4.0, 2.0), (10, 10, 4.0, 4.0), (25, 10, 4.0, 4.0)):
        found = float(beta_schedule(step, warmup, top))
        if not math.isclose(found, right, abs_tol=1e-5):
            case = f"beta_schedule({step}, {warmup}, {top:g})"
            raise Hint(
                es=f"para {case} se espera {right:g}, llegó {found:g}.",
                en=f"{case} should be {right:g}, got {found:g}.",
            )
    try:
        found = float(beta_schedule(0, 0, 4.0))
    except ZeroDivisionError:
        raise Hint(
            es="con warmup_steps = 0 se divide por cero; sin calentamiento vale beta_max desde el comienzo.",
            en="with warmup_steps = 0 it divides by zero; without a warm-up it is beta_max from the start.",
        ) from None
    if not math.isclose(found, 4.0, abs_tol=1e-5):
        raise Hint(
            es=f"con warmup_steps = 0 se espera beta_max desde el paso 0; llegó {found:g}.",
            en=f"with warmup_steps = 0, beta_max is expected from step 0 on; got {found:g}.",
        )


def kl_per_dimension(kl_per_dimension):
    """A hand-made batch: one dimension that carries, one asleep, one narrow."""
    mu = torch.tensor([[1.0, 0.0, 0.0], [3.0, 0.0, 0.0]])
    logvar = torch.tensor([[0.0, 0.0, math.log(0.25)], [0.0, 0.0, math.log(0.25)]])
    found = kl_per_dimension(mu, logvar)
    expect_shape(
        found, (3,),
        es="hay un valor por dimensión: el promedio es sobre el batch.",
        en="one value for each dimension: take the mean over the batch.",
    )  # fmt: skip
    found = torch.as_tensor(found).double()
    right = torch.tensor([2.5, 0.0, 0.5 * (0.25 - 1 + math.log(4))], dtype=torch.float64)
    if torch.allclose(found, right, atol=1e-4):
        return
    told = ", ".join(f"{value:.3f}" for value in found.tolist())
    es = f"para mu = (1; 3) y sigma = 1 se espera 2.5 = (1/2 + 9/2)/2 en la primera dimensión; llegó ({told})."
    en = f"for mu = (1; 3) and sigma = 1 the first dimension should be (1/2 + 9/2)/2 = 2.5; got ({told})."
    if math.isclose(found[0], 2.0, abs_tol=1e-4):
        es, en = f"{es} ¿Se promedió mu antes?", f"{en} Was mu averaged first?"
    if torch.allclose(found, 2 * right, atol=1e-4):
        es, en = (
            "sale el doble: falta el factor 1/2, o se sumó el batch.",
            "twice too much: the factor 1/2 is missing, or the batch was summed.",
        )
    elif (found < -1e-6).any():
        es, en = f"una KL nunca es negativa; llegó ({told}).", f"a KL is never negative; got ({told})."
    raise Hint(es=es, en=en)


def active_units(active_units):
    """Three dimensions move, one stands far from 0, one trembles."""
    t = torch.linspace(-1, 1, 40)
    mu = torch.stack([t, 0.5 * t, -0.5 * t, torch.full_like(t, 5.0), 0.1 * t], dim=1)
    found = active_units(mu)
    if isinstance(found, bool) or not isinstance(found, int):
        kind = type(found).__name__
        raise Hint(
            es=f"se espera un int, llegó {kind}: int(...) lo convierte.",
            en=f"an int is expected, got {kind}: int(...) converts it.",
        )
    if found == 4:
        raise Hint(
            es="se esperan 3 y llegaron 4: ¿se contó una media constante lejos de 0, o se usó la desviación estándar?",
            en="3 are expected, 4 came: was a constant mean far from 0 counted, or the standard deviation used?",
        )
    if found != 3:
        raise Hint(
            es=f"se esperan 3 dimensiones (varianzas 0.35, 0.09, 0.09, 0 y 0.0035), llegó {found}.",
            en=f"3 dimensions are expected (variances 0.35, 0.09, 0.09, 0 and 0.0035), got {found}.",
        )
    small = torch.tensor([[0.0], [0.15]])
    if active_units(small) != 1:
        raise Hint(
            es="con dos imágenes y medias 0 y 0.15 la varianza insesgada es 0.01125: está activa.",
            en="with two images and means 0 and 0.15 the unbiased variance is 0.01125: it is active.",
        )
    if active_units(mu, 0.2) != 1:
        raise Hint(
            es="con threshold = 0.2 se espera 1: el umbral es un argumento.",
            en="with threshold = 0.2, 1 is expected: the threshold is an argument.",
        )
