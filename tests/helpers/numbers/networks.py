"""What lesson 02 says in numbers."""

import math

import torch

from . import Given, Held
from .measures import shown


def _sides(n):
    """Sum of squares of the average garment, and with 2, 8 and 32 numbers."""
    with torch.no_grad():
        copies = [n.squares(n.x_test, n.models[d].decode(n.codes[d])) for d in (2, 8, 32)]
    return [n.squares(n.x_test.flatten(1), n.mean), *copies]


def _components_like_the_network(n):
    """How few PCA components reach the squared error of the network's 8 numbers."""
    away = n.x_test.flatten(1) - n.mean
    left = away.square().sum(1).mean() - (away @ n.components).square().mean(0).cumsum(0)  # (784,)
    return int((left > _sides(n)[2]).sum()) + 1


def _to_nearest(n, d):
    z = n.random_codes(n.codes[d], 300, "shuffled", torch.Generator().manual_seed(0))
    with torch.no_grad():
        return [n.to_nearest(n.models[d].decode(one)) for one in (z, n.codes[d][:300])]


def _farther(n):
    pairs = [_to_nearest(n, d) for d in (2, 8, 32)]
    return [random - copies for random, copies in pairs]


def _contest(k, step="late"):
    """Mean over the seeds of the k-th network's held-back error."""
    return lambda n: getattr(n, step)[k].mean()


def _weights(n):
    return [sum(p.numel() for p in n.tiny(hidden).parameters()) for hidden in ((32, 64), (8, 16))]


SIGMOID_OF_1 = 1 / (1 + math.exp(-1))

NUMBERS = [
    Given("70 000 fotos en gris de", "70,000 grey photographs of"),
    Given("128 direcciones de PCA alcanzaban", "128 PCA directions were enough"),
    Given("un rostro de 12 288 números", "a face of 12,288 numbers"),
    Held(
        r"de 784 números a $16 \cdot 14 \cdot 14 = <3136>$",
        r"$16 \cdot 14 \cdot 14 = <3,136>$",
        lambda n: math.prod(n.shapes[1]),
    ),
    Held("exprime <1568> números", "squeezes <1,568> numbers", lambda n: math.prod(n.shapes[-1])),
    Held(
        "de <12 288> números a <128>", "from <12,288> numbers to <128>", lambda n: [n.face.numel(), n.model.latent_dim]
    ),
    Given("nunca bajan de 0.5", "never falls below 0.5"),
    Held("$[0.5, <0.731>]$", "$[0.5, <0.731>]$", lambda n: SIGMOID_OF_1),
    Held(
        "con las <50 000> imágenes de entrenamiento",
        "on the <50,000> training pictures",
        lambda n: len(shown("fashion", 70_000)),
    ),
    Held(
        "«la prenda promedio» cuesta <68>",
        '"the average garment" costs <68>',
        lambda n: (n.x_test - n.x_train.mean(dim=0)).square().flatten(1).sum(dim=1).mean(),
    ),
    Held(
        "el error baja de <68> a <18.8> con dos números, a <9.9> con ocho y a <6.7> con treinta y dos",
        "the error falls from <68> to <18.8> with two numbers, to <9.9> with eight and to <6.7> with thirty-two",
        _sides,
    ),
    Held(
        "necesitaría unos <48> componentes", "would take about <48> components", _components_like_the_network, within=1
    ),
    Held("Con las fotos reales, <0.3>, <2.1> y <2.7>", "the real photographs, <0.3>, <2.1> and <2.7>", _farther),
    Held(
        "(<9.9> con 8 números frente a <68> de la prenda promedio)",
        "(<9.9> with 8 numbers against <68> for the average garment)",
        lambda n: [_sides(n)[2], _sides(n)[0]],
    ),
    Held(
        "la distancia a la prenda real más cercana es <6.4> y la de sus copias <3.8>",
        "the distance to the nearest real garment is <6.4>, for its copies <3.8>",
        lambda n: _to_nearest(n, 32),
    ),
    Held("de <4.6> a <2.9>", "from <4.6> to <2.9>", lambda n: [_contest(0)(n), _contest(1)(n)], within=0.15),
    Held("<81 105> pesos en vez de <8001>", "<81,105> weights in place of <8,001>", _weights),
    Held("al menos lo mismo (<4.2>)", "at least as well (<4.2>)", _contest(2), within=0.15),
    Held(
        "(<9.6> contra <12.5> tras 50 pasos)",
        "(<9.6> against <12.5> after 50 steps)",
        lambda n: [_contest(4, "early")(n), _contest(0, "early")(n)],
        within=0.3,
    ),
    Held(
        "fracasa: <11.6>, más cerca de la prenda promedio (<14.4>) que de la base (<4.6>)",
        "fails: <11.6>, nearer to the average garment (<14.4>) than to the base (<4.6>)",
        lambda n: [_contest(5)(n), n.squares(n.x_held, n.x_small.mean(dim=0)), _contest(0)(n)],
        within=0.5,
    ),
    Held(
        "ayudan He (<5.7>) y los atajos residuales (<6.6>)",
        "He (<5.7>) and residual shortcuts (<6.6>)",
        lambda n: [_contest(6)(n), _contest(7)(n)],
        within=0.4,
    ),
]
