"""What lesson 06 says in numbers."""

import math

import torch

from vae_course import pretrained

from . import Given, Held
from .measures import figures

INSIDE = math.erf(2.5 / math.sqrt(2))  # of one normal number within 2.5


def _short_draws(n):
    """One draw of N(0, I) in how many, in millions, is 8.0 long or shorter: chi-squared with 128 degrees of freedom."""
    half, x = 64, 8.0**2 / 2
    below = math.exp(-x) * sum(math.exp(k * math.log(x) - math.lgamma(k + 1)) for k in range(half, 400))
    return 1e-6 / below


NUMBERS = [
    Held(
        "paga <422> nats de KL; `faces-beta-1`, apenas <51>",
        "pays <422> nats of KL; `faces-beta-1` a mere <51>",
        lambda n: [figures("faces")["kl"], figures("faces-beta-1")["kl"]],
        within=0.6,
    ),
    Held(
        "miden en promedio <11.2> y los sorteos <11.3>",
        "are <11.2> long on average, the draws <11.3>",
        lambda n: [pretrained.gallery("faces").mu.norm(dim=1).mean(), math.sqrt(127.5)],
    ),
    Held(
        r"de $\pm 2.5$ con probabilidad $(<0.9876>)^2 = <0.975>$",
        r"of $\pm 2.5$ with probability $(<0.9876>)^2 = <0.975>$",
        lambda n: [INSIDE, INSIDE**2],
    ),
    Held(
        "a una distancia de unos <11.3> del origen",
        "at a distance of about <11.3> from the origin",
        lambda n: math.sqrt(128),
    ),
    Given("$(z_0 + z_1)/2$: 11.3, algo menos", "$(z_0 + z_1)/2$: 11.3, somewhat less"),
    Held("<8.0>: el punto medio se hunde", "<8.0>: the midpoint sinks", lambda n: n.middle.mean()),
    Held(
        r"$\sqrt{128} = <11.3>$, con una desviación de apenas <0.7>",
        r"$\sqrt{128} = <11.3>$, with a deviation of a mere <0.7>",
        lambda n: [math.sqrt(128), n.ends.std()],
    ),
    Held(r"$\sqrt{D/2} = <8.0>$", r"$\sqrt{D/2} = <8.0>$", lambda n: math.sqrt(64)),
    Held("$e^{<32>}$ veces mayor que en uno de 11.3", "$e^{<32>}$ times that at one of 11.3", lambda n: (128 - 64) / 2),
    Held(
        "uno de cada <2.4> millones de sorteos mide 8.0 o menos",
        "one draw in <2.4> million is 8.0 long or shorter",
        _short_draws,
    ),
    Given("un 1.0000001 de redondeo", "a 1.0000001 from rounding"),
    Held(
        "cerca de <la mitad=50> del contraste", "about <half=50> of the contrast", lambda n: _kept(n, "cats"), within=8
    ),
    Given("En la columna 0.5", "at the column 0.5"),
    Held(
        "apenas un <39> % de la varianza",
        "a mere <39> % of the variance",
        lambda n: 100 * n.spread[:2].sum() / n.spread.sum(),
    ),
    Held("su KL es <0.00>", "its KL is <0.00>", lambda n: n.kl.sort(descending=True).values[7]),
]


def _kept(n, name):
    """Per cent of the ends' contrast that is left midway along the line."""
    model, (a, b) = pretrained.load(name), n.halves(pretrained.gallery(name), False)
    middle = torch.stack([(u + v) / 2 for u, v in zip(a, b, strict=True)])
    return 100 * n.contrast(n.decode(model, middle)) / n.contrast(n.decode(model, torch.cat([a, b])))
