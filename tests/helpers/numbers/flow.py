"""What lesson 10 says in numbers."""

import torch

from vae_course import pretrained

from . import Given, Held

SOURCES = ("N(0, I)", "fitted Gaussian", "learnt prior", "q(z), the floor")


def _widths(_):
    """The largest and the smallest variance of the codes of `faces` along their axes."""
    variances = torch.linalg.eigvalsh(pretrained.gaussian("faces")[1].double())
    return [variances.max(), variances.min()]


def _spreads(_):
    """The least and the largest deviation of the codes of the model without KL, along their axes."""
    deviations = torch.linalg.eigvalsh(pretrained.gaussian("fashion-latent-8-beta-0")[1].double()).sqrt()
    return [deviations[0], deviations[-1]]


def _row(n, latent_dim, features=0):
    """A model's distances by components of the pixels, or by mu-8: the Gaussian's, the network's, the floor."""
    return [n.table[latent_dim, name][features] for name in SOURCES[1:]]


def _stretch(n, latent_dim, features=0):
    """How much of the stretch from the Gaussian to the floor the network covers, in per cent."""
    by_gaussian, by_flow, floor = _row(n, latent_dim, features)
    return 100 * (by_gaussian - by_flow) / (by_gaussian - floor)


def _unwhitened(n):
    return [n.distance(n.decode(n.free, z)) for z in n.arrived.values()]


def _distances(n, kind):
    return n.compared[kind][1]


def _losses(n, kind):
    """The Gaussian's and the network's on codes of training, then on held-back ones."""
    return [value for pair in n.compared[kind][2] for value in pair]


NUMBERS = [
    Held(
        "<11.1> con el prior, <7.2> con la gaussiana ajustada, <4.8> con",
        "<11.1> with the prior, <7.2> with the fitted Gaussian, <4.8> with",
        lambda n: n.far,
    ),
    Given("aquí 3.14", "here 3.14"),
    Held(
        "La red queda apenas un <3> % por debajo",
        "The network gets only <3> % lower than",
        lambda n: 100 * (1 - n.losses[2] / n.losses[1]),
    ),
    Held(
        "Su pérdida queda apenas un <3> % por debajo",
        "Its loss is only <3> % below",
        lambda n: 100 * (1 - n.losses[2] / n.losses[1]),
    ),
    Held(
        "las varianzas van de <11.4> a <0.13>",
        "the variances run from <11.4> to <0.13>",
        _widths,
    ),
    Held("sus desviaciones van de <2> a <9>", "deviations go from <2> to <9>", _spreads),
    Given("espera números de tamaño 1", "expects numbers of size 1"),
    Held("cuya desviación va de <2> a <9>", "with deviations from <2> to <9>", _spreads),
    Held(
        "queda en <2.3>, y blanqueada en <1.7> (la gaussiana sola, <3.7>)",
        "it is at <2.3>, and at <1.7> when whitened (the Gaussian alone, <3.7>)",
        _unwhitened,
        within=0.15,
    ),
    Held(
        "la red recorre <88> % del trecho",
        "the network covers <88> % of the stretch",
        lambda n: _stretch(n, 2),
        within=3,
    ),
    Held(
        "(de <7.2> a <5.1>, con el piso en <4.8>)",
        "(from <7.2> to <5.1>, the floor at <4.8>)",
        lambda n: _row(n, 2),
        within=0.1,
    ),
    Held(
        "`fashion-latent-8`, <85> % (de",
        "and <85> % in `fashion-latent-8`",
        lambda n: _stretch(n, 8),
        within=4,
    ),
    Held(
        "(de <2.6> a <1.0>, con el piso en <0.75>)",
        "(from <2.6> to <1.0>, the floor at <0.75>)",
        lambda n: _row(n, 8),
        within=0.1,
    ),
    Held(
        "se recorre menos, unas <tres cuartas partes=75>",
        "is covered, some <three quarters=75>",
        lambda n: sum(_stretch(n, latent_dim, features=1) for latent_dim in (2, 8)) / 2,
        within=5,
    ),
    Given("dos clases de caras, 2000 de cada una", "There are two kinds, 2,000 of each"),
    Given("en ninguna: 2000 caras son pocas", "with neither: 2,000 faces are few"),
    Held(
        "de <0.18> a <0.08>, que es el piso",
        "from <0.18> to <0.08>, which is the floor",
        lambda n: _distances(n, "drawn")[1:3],
        within=0.03,
    ),
    Held("no mejora nada (<0.32>)", "brings no improvement (<0.32>)", lambda n: _distances(n, "faces")[2], within=0.02),
    Held(
        "la gaussiana, con <0.32>, ya está cerca del suyo, <0.29>",
        "the Gaussian, at <0.32>, is near its own already, <0.29>",
        lambda n: _distances(n, "faces")[1::2],
    ),
    Held(
        "(<197> contra <204>)",
        "(<197> against <204>)",
        lambda n: _losses(n, "faces")[1::-1],
        within=2,
    ),
    Held(
        "(<218> contra <210>): en parte",
        "(<218> against <210>): in part",
        lambda n: _losses(n, "faces")[:1:-1],
        within=2,
    ),
    Given("son para 2000 ejemplos casi una gaussiana", "for all that 2,000 examples can tell"),
    Given("Alguien tiene un VAE y 3000 imágenes", "Someone has a VAE and 3,000 pictures"),
    Held(
        "la distancia pasa de <2.6> a <1.0>, y en caras dibujadas la pérdida de las reservadas, de <50> a <41>",
        "the distance goes from <2.6> to <1.0>, and with drawn faces the held-back loss from <50> to <41>",
        lambda n: [*_row(n, 8)[:2], *_losses(n, "drawn")[2:]],
        within=1,
    ),
    Held(
        "<218> contra <210>, y la gaussiana (<0.32>) ya está cerca del piso (<0.29>)",
        "<218> against <210>, and the Gaussian (<0.32>) is near the floor (<0.29>)",
        lambda n: [*_losses(n, "faces")[:1:-1], *_distances(n, "faces")[1::2]],
        within=2,
    ),
    Given("hay hasta 9000 caras dibujadas", "there are up to 9,000 drawn faces"),
    Given("Se entrena lo mismo con 100, 1000 y 10 000 códigos", "The same is trained on 100, 1,000 and 10,000 codes"),
    Given(
        "Con 1000 ya gana también en los reservados, y con 10 000",
        "With 1,000 it wins on held-back ones, too, and with 10,000",
    ),
    Given("aprendido con los 10 000", "learnt from the 10,000"),
    Held(
        "quedan a <1.05> del código",
        "are <1.05> from the nearest training code",
        lambda n: n.apart["learnt prior"],
        within=0.03,
    ),
    Held(
        "los códigos reservados (<0.89>) y más cerca que las de la gaussiana (<1.16>)",
        "held-back codes (<0.89>) and nearer than the Gaussian's draws (<1.16>)",
        lambda n: [n.apart["held back"], n.apart["fitted Gaussian"]],
        within=0.02,
    ),
]
