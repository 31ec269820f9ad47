"""What lesson 03 says in numbers."""

import math

import torch

from vae_course import pretrained

from . import Given, Held
from .measures import shown


def _nearest_in_the_drawing(n):
    """Median distance from a code of the drawing to the next one."""
    apart = torch.cdist(n.cloud_mu[: n.SHOWN], n.cloud_mu[: n.SHOWN]).fill_diagonal_(math.inf)
    return apart.min(dim=1).values.median()


def _covered_by_all(n):
    """Share of the same places that the clouds of all training pictures cover."""
    with torch.no_grad():
        mu, logvar = n.cloud_model.encode(shown("fashion", 50_000))
    sigma = logvar.div(2).exp()
    return 100 * sum(n.covered(mu, sigma, place[None], n.WITHIN) for place in n.places) / len(n.places)


def _median_sigma(name, kind):
    with torch.no_grad():
        _, logvar = pretrained.load(name).encode(shown(kind, 8, "test"))
    return logvar.div(2).exp().median()


def _score_variance(baseline):
    """Var((f - b) z) at mu = 0, sigma = 1 for f = (z - 3)^2, from the moments of a normal."""
    moment = {0: 1, 1: 0, 2: 1, 3: 0, 4: 3, 5: 0, 6: 15}
    f = {2: 1, 1: -6, 0: 9 - baseline}  # (z - 3)^2 - b as powers of z
    second = sum(a * b * moment[j + k + 2] for j, a in f.items() for k, b in f.items())
    return second - 6**2


def _best_constant():
    return min(range(30), key=_score_variance)


NUMBERS = [
    Held("unas <dos=2> milmillonésimas", "about <two=2> billionths", lambda n: n.point_sigma.median() * 1e9),
    Held(
        "conservó cerca de <0.04>, poco más o menos la distancia entre vecinos",
        "kept about <0.04>, roughly the distance between neighbours",
        lambda n: n.cloud_sigma.median(),
    ),
    Held("la distancia <entre vecinos=0.04>", "the distance <between neighbours=0.04>", _nearest_in_the_drawing),
    Held("al menos una de las <6000> prendas", "at least one of the <6,000> garments", lambda n: len(n.x)),
    Held("muestra <1500> de las <6000>)", "shows <1,500> of the <6,000>)", lambda n: [n.SHOWN, len(n.x)]),
    Held("la cuenta sube a cerca de <90> %", "rises to about <90>%", _covered_by_all, within=1),
    Held(
        "Con las <50 000> prendas del entrenamiento",
        "With the <50,000> garments of the training set",
        lambda _: len(shown("fashion", 70_000)),
    ),
    Held("por el mismo factor, <1.65>,", "by the same factor, <1.65>,", lambda n: math.exp(0.5)),
    Held(
        r"ronda $<2> \cdot 10^{-9}$",
        r"is about $<2> \cdot 10^{-9}$",
        lambda n: n.point_sigma.median() * 1e9,
    ),
    Held("como `logvar`, cerca de <−120>,", "as `logvar`, about <−120>,", lambda n: n.point_logvar.min(), within=1),
    Held(
        r"El punto azul es $\varepsilon \approx (<0.7>, <0.3>)$",
        r"The blue dot is $\varepsilon \approx (<0.7>, <0.3>)$",
        lambda n: torch.randn(50, 2, generator=torch.Generator().manual_seed(205))[0].tolist(),
    ),
    Given(r"$\mu = (1.5, 1.0)$ y", r"$\mu = (1.5, 1.0)$ and"),
    Given(r"con $\sigma = (0.3, 1.6)$", r"with $\sigma = (0.3, 1.6)$"),
    Held(r"Debe ser $e \approx <2.72>$", r"It should be $e \approx <2.72>$", lambda n: math.e),
    Held("desviación de $z$ <7.39> y no <2.72>", "deviation of $z$ <7.39>, not <2.72>", lambda n: [math.e**2, math.e]),
    Given("en 10 000 sorteos", "in 10,000 draws"),
    Held(r"$e^{1/2} \approx <1.65>$", r"$e^{1/2} \approx <1.65>$", lambda n: math.exp(0.5)),
    Held(
        "la $\\sigma$ mediana es <0.84> en `faces-beta-1`, que pinta borroso; <0.04> en `faces`, mucho más nítido; <0.02> en `drawn`",
        "the median $\\sigma$ is <0.84> in `faces-beta-1`, which paints a blur; <0.04> in `faces`, far sharper; <0.02> in `drawn`",
        lambda n: [_median_sigma(*one) for one in (("faces-beta-1", "faces"), ("faces", "faces"), ("drawn", "drawn"))],
    ),
    Held(
        "tras <1000> pasos va por <0.10>",
        "after <1,000> steps it is down to <0.10>",
        lambda n: [n.STEPS, n.free[-1][1]],
    ),
    Held(
        r"$\mu = <2>$ y $\sigma = 1/\sqrt{3} \approx <0.58>$",
        r"$\mu = <2>$ and $\sigma = 1/\sqrt{3} \approx <0.58>$",
        lambda n: list(n.tail),
        within=0.02,
    ),
    Given("Con `SPRING` en 0.1", "`SPRING` at 0.1"),
    Held(
        "las varianzas son <4>, <222> y, con la media de $f$ como baseline, <82>: unas 55 y unas 20 veces. La mejor constante, <12>, tampoco baja de <78>",
        "the variances are <4>, <222> and, with the mean of $f$ as baseline, <82>: some 55 and some 20 times. The best constant, <12>, gets no lower than <78>",
        lambda n: [4, _score_variance(0), _score_variance(10), _best_constant(), _score_variance(12)],
    ),
    Held("unas <55> y unas <20> veces", "some <55> and some <20> times", lambda n: [n.more, n.still_more], within=2),
    Held("<tres cuartas partes=75>", "<three quarters=75>", lambda n: 100 * n.share, within=2),
    Given("sección 2.4", "section 2.4"),
]
