"""Visible checks of lesson 07."""

import math

import torch
from torch import nn

from ...sentences import SAID
from ...text import Both
from . import Hint, came, expect_module, expect_shape


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
    expect_shape(found, (3,), **SAID.one_value_a_dimension._asdict())
    found = torch.as_tensor(found).double()
    right = torch.tensor([2.5, 0.0, 0.5 * (0.25 - 1 + math.log(4))], dtype=torch.float64)
    if torch.allclose(found, right, atol=1e-4):
        return
    told = ", ".join(f"{value:.3f}" for value in found.tolist())
    cases = (
        ("mu = (1; 3), sigma = 1", "(1/2 + 9/2)/2 = 2.5"),
        ("mu = (0; 0), sigma = 1", "0"),
        ("mu = (0; 0), sigma² = 0.25", "(0.25 - 1 + ln 4)/2 = 0.318"),
    )
    place = next(k for k in range(3) if not torch.isclose(found[k], right[k], atol=1e-4))
    (case, value) = cases[place]
    es = f"en la dimensión {place}, de {case}, se espera {value}; llegó ({told})."
    en = f"in dimension {place}, of {case}, {value} is expected; got ({told})."
    if place == 0 and math.isclose(found[0], 2.0, abs_tol=1e-4):
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
    if isinstance(found, torch.Tensor) and found.ndim == 0 and not found.is_floating_point():
        raise Hint(*SAID.an_int)
    if isinstance(found, bool) or not isinstance(found, int):
        raise came(found, Both(es="Se espera la cantidad, un int.", en="The number, an int, is expected."))
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


class Noted(nn.Module):
    """A part that keeps what it was last given."""

    given: torch.Tensor

    def __init__(self, answer):
        super().__init__()
        self.answer, self.given = answer, torch.empty(0)
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, given):
        self.given = given.detach()
        return self.answer(self.weight * given)


def ConditionalVAE(student_vae):
    """What encoder and decoder are given, the draw between them, the class that decode draws."""
    x, labels = torch.arange(18.0).view(3, 1, 2, 3) / 18, torch.tensor([2, 0, 2])
    encoder = Noted(lambda given: (given[:, :2], 0 * given[:, :2]))
    decoder = Noted(lambda given: given[:, :2, None, None])  # shows z
    vae = student_vae(encoder, decoder, 4)
    expect_module(vae, "ConditionalVAE")
    if len(list(vae.parameters())) < 2:
        raise Hint(
            es="ConditionalVAE hereda de nn.Module y guarda encoder y decoder como atributos.",
            en="ConditionalVAE inherits from nn.Module and keeps encoder and decoder as attributes.",
        )
    one_hot = torch.tensor([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])
    told = torch.cat([x.flatten(1), one_hot], dim=1)
    found = vae(x, labels)
    _given(encoder, told, "el encoder", "the encoder")
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise came(found, SAID.three_results)
    expect_shape(found[0], (3, 2, 1, 1), es="x_hat, lo que da el decoder", en="x_hat, what the decoder gives")
    if not torch.equal(found[1], x[:, 0, 0, :2]) or found[2].any():
        raise Hint(
            es="mu y logvar se devuelven tal como las da el encoder.",
            en="mu and logvar are returned as the encoder gives them.",
        )
    _given(decoder, torch.cat([decoder.given[:, :2], one_hot], dim=1), "el decoder", "the decoder")
    _drawn(vae, x, labels)
    z = torch.tensor([[0.5, -0.5]]).expand(4, 2)
    vae.decode(z, torch.arange(4))
    _given(
        decoder,
        torch.cat([z, torch.eye(4)], dim=1),
        "el decoder, en decode(z, labels),",
        "in decode(z, labels) the decoder",
    )
    vae.encode(x[:1], labels[:1])
    _given(
        encoder,
        told[:1],
        "el encoder, en encode(x, labels),",
        "in encode(x, labels) the encoder",
    )


def _given(part: Noted, expected: torch.Tensor, es: str, en: str) -> None:
    """Raise a Hint unless that part was given the label after what it used to be given."""
    expect_shape(part.given, tuple(expected.shape), es=f"lo que recibe {es} lleva la etiqueta detrás, en one-hot",
                 en=f"what {en} is given has the label behind it, one-hot")  # fmt: skip
    if not torch.equal(part.given.float(), expected):
        raise Hint(
            es=f"{es} recibió otros números: primero lo de siempre; después, 1 en el lugar de su clase y 0 fuera.",
            en=f"{en} was given other numbers: first the usual ones, then a 1 in its class's place and 0 elsewhere.",
        )


def _drawn(vae, x, labels) -> None:
    many, their_labels = x[:1].expand(2000, -1, -1, -1), labels[:1].expand(2000)
    x_hat, mu, _ = vae(many, their_labels)
    eps = (x_hat.flatten(1) - mu).detach()
    if not eps.any():
        raise Hint(*SAID.decoder_given_mu)
    repeated = torch.equal(eps, eps[:1].expand_as(eps)) or torch.allclose(eps[:, :1], eps[:, 1:])
    if repeated or abs(eps.std().item() - 1) > 0.1 or abs(eps.mean().item()) > 0.1:
        raise Hint(
            es="con logvar = 0, z es mu más un ruido normal de desviación 1, propio de cada número.",
            en="with logvar = 0, z is mu plus normal noise of deviation 1, each number's own.",
        )
    x_hat.sum().backward()
    if any(parameter.grad is None or not parameter.grad.any() for parameter in vae.parameters()):
        raise Hint(
            es="el gradiente de la imagen no llega a las dos partes.",
            en="the picture's gradient does not reach both parts.",
        )
