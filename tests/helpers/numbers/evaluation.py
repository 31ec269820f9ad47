"""What lesson 08 says in numbers."""

import math

import torch

from vae_course.loss import kl_divergence, log_normal, reconstruction_loss
from vae_course.sampling import reparameterize

from . import Given, Held
from .measures import away, shown

GAUSSIAN = "beta 0, Gaussian"


def _shares(n, letter):
    """Precision and coverage of a suspect, in per cent."""
    return [100 * (n.nearness[letter] < n.radius).float().mean(), 100 * n.coverage[letter]]


def _mean_image(n):
    return n.nearness["mean image"].mean()


def _moved(n):
    """How far copies moved by two pixels, down and aside, are from their originals."""
    return [(n.train.roll(2, dims=axis) - n.train).flatten(1).norm(dim=1).mean() for axis in (2, 3)]


@torch.no_grad()
def _parts(n, beta):
    """Over all training pictures: mean KL, the part of it that informs, and the rest, by 300 draws (the text: 4,000)."""
    model, x, generator = n.models[beta], shown("fashion", 50_000), torch.Generator().manual_seed(0)
    mu, logvar = model.encode(x)
    k = torch.randperm(len(x), generator=generator)[:300]
    z = reparameterize(mu[k], logvar[k], generator)
    aggregate = torch.stack([torch.logsumexp(log_normal(one[None], mu, logvar), dim=0) for one in z]) - math.log(len(x))
    kl, informs = kl_divergence(mu, logvar).mean(), (log_normal(z, mu[k], logvar[k]) - aggregate).mean()
    return [kl, informs, kl - informs]


@torch.no_grad()
def _wider_clouds(n):
    """The bound of beta 0 with K = 100 draws from clouds of sigma 0.8."""
    model, x, generator = n.models[0], n.held_back[:100], torch.Generator().manual_seed(0)
    mu, _ = model.encode(x)
    logvar, none, weights = torch.full_like(mu, 2 * math.log(0.8)), torch.zeros(1), []
    for _ in range(100):
        z = reparameterize(mu, logvar, generator)
        inside = -reconstruction_loss(x, model.decode(z)) + log_normal(z, none, none)
        weights.append(inside - log_normal(z, mu, logvar))
    return (torch.logsumexp(torch.stack(weights), dim=0) - math.log(100)).mean()


@torch.no_grad()
def _cost(n):
    """Nats that beta 1 pays for each of 200 held-back pictures: its ELBO, with the sign changed."""
    x = n.held_back[:200]
    torch.manual_seed(0)
    x_hat, mu, logvar = n.models[1](x)
    return (reconstruction_loss(x, x_hat) + kl_divergence(mu, logvar)).mean()


def _gain(n, beta):
    values = n.bounds_of(n.log_terms(n.models[beta], n.held_back[:100], 100))
    return (values[100] - values[1]).mean()


NUMBERS = [
    Held("queda a <6> o <7> de su original", "is <6> or <7> away from its original", _moved),
    Held(
        "más lejos que <casi todas=95> las reservadas",
        "farther than <nearly all=95> held-back pictures",
        lambda n: 100 * (n.held_distances < min(_moved(n))).float().mean(),
        within=5,
    ),
    Held(
        "la diversidad de <2.7> a unos <10>",
        "diversity from <2.7> to about <10>",
        lambda n: [n.spread(n.suspects["D"]), n.spread(n.crowd[GAUSSIAN])],
    ),
    Held(
        "de menos de <3> a unos <5>",
        "from below <3> to about <5>",
        lambda n: [n.nearness["D"].mean(), n.nearness[GAUSSIAN].mean()],
        within=0.4,
    ),
    Held(
        "(<4.07>) que una prenda de verdad (<4.19>)",
        "(<4.07>) than a real piece of clothing (<4.19>)",
        lambda n: [_mean_image(n), n.held_distances.mean()],
    ),
    Held("la diversidad de A es de <10>", "A's diversity is <10>", lambda n: n.spread(n.suspects["A"])),
    Held(
        "A <100> % y <54> %, D <100> % y <24> %, E <100> % y <14> %; B, <99> % y <90> %",
        "A <100> % and <54> %, D <100> % and <24> %, E <100> % and <14> %; B, <99> % and <90> %",
        lambda n: [share for letter in "ADEB" for share in _shares(n, letter)],
    ),
    Held("B cubre más que C (<84> %)", "B covers more than C (<84> %)", lambda n: _shares(n, "C")[1]),
    Given("de más de 90 % y una cobertura de menos de 60 %", "above 90 % and a coverage below 60 %"),
    Given("las clases que llegan al 3 %", "the classes that reach 3 %"),
    Held("una KL de <0.0> no es", "a KL of <0.0> is no success", lambda n: n.kl),
    Held(
        r"<2.7> contra <11.4> en $\beta = 0$",
        r"<2.7> against <11.4> for $\beta = 0$",
        lambda n: [n.spread(n.suspects["D"]), n.spread(n.held_back)],
        within=0.06,
    ),
    Given("los 2048 rasgos de una red Inception", "the 2,048 features of an Inception network"),
    Given("¿Y con 1500?", "And with 1,500?"),
    Held(
        "distan cerca de <11>; con 1500, <unas pocas=0.3> décimas",
        "are about <11> apart; with 1,500, a <few=0.3> tenths",
        lambda n: [n.measured["PCA-32"][0], n.measured["PCA-32"][-1]],
        within=0.6,
    ),
    Given(
        "con los 2048 de Inception se suelen pedir 50 000 muestras",
        "with Inception's 2,048, 50,000 samples are customary",
    ),
    Given("FID 12 contra 2.2", "FID 12 against 2.2"),
    Held(
        "nuestra tabla dice <2.2> para B",
        "our table says <2.2> for B",
        lambda n: n.frechet(n.pca(n.suspects["B"]), n.reference["PCA-32"]),
    ),
    Given("(Inception, 2048, frente a 32 componentes", "(Inception, 2,048, against 32 components"),
    Held(
        "Con las <50 000> prendas del entrenamiento, <10.8>",
        "With the <50,000> clothes of the training set, <10.8>",
        lambda n: [len(shown("fashion", 70_000)), math.log(50_000)],
    ),
    Held(
        r"la KL de $\beta = 0$ es de <506> nats, de los que <10.8> informan (el techo) y <495> son",
        r"the KL of $\beta = 0$ is <506> nats, of which <10.8> inform (the ceiling) and <495> are",
        lambda n: _parts(n, 0),
    ),
    Held("(<242> por lo lejos", "(<242> for how far out", lambda _: away("fashion-beta-0")),
    Held(
        r"la de $\beta = 1$, <12.8> = <9.9> + <2.9>;",
        r"that of $\beta = 1$, <12.8> = <9.9> + <2.9>;",
        lambda n: _parts(n, 1),
        within=0.2,
    ),
    Held(
        r"la de $\beta = 4$, <6.1> = <5.7> + <0.4>",
        r"that of $\beta = 4$, <6.1> = <5.7> + <0.4>",
        lambda n: _parts(n, 4),
        within=0.2,
    ),
    Given("Medido con las 50 000 prendas", "Measured on the 50,000 clothes"),
    Given(
        "pasan de $+10 000$. En float32, $e^{-230} = 0$ y $e^{10 000}",
        "above $+10,000$. In float32, $e^{-230} = 0$ and $e^{10,000}",
    ),
    Held("ronda los $-<234>$ nats", "is about $-<234>$ nats", _cost, within=1.5),
    Given("sube en promedio: 0.1, 1 o 10?", "rise on average: 0.1, 1 or 10?"),
    Held(
        "Cerca de <un nat=1>, sobre más de doscientos",
        "About <one nat=1>, out of more than two hundred",
        lambda n: (n.values[100] - n.values[1]).mean(),
        within=0.4,
    ),
    Held(
        "el ELBO era injusto en más de <diez=13> nats",
        "the ELBO was unfair by more than <ten=13> nats",
        lambda n: _gain(n, 16),
        within=2.9,
    ),
    Held(
        r"(con $\sigma = 0.8$ puesta a mano sube a cerca de $<-460>$)",
        r"(with $\sigma = 0.8$ set by hand it rises to about $<-460>$)",
        _wider_clouds,
        within=10,
    ),
]
