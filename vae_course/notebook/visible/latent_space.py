"""Visible checks of lesson 06: walking the latent space."""

import math

import torch
from torch import nn

from ...sentences import SAID
from ...text import Both
from . import Hint, expect_shape


class Toy(nn.Module):
    """Encodes (N, 1, 2, 2) to mu (N, 3) and decodes z (N, 3) again; dropout tells train mode from eval."""

    def __init__(self):
        super().__init__()
        self.there, self.back, self.drop = nn.Linear(4, 3), nn.Linear(3, 4), nn.Dropout(0.5)

    def encode(self, x):
        if x.ndim != 4:
            raise Hint(
                es=f"encode espera un batch (N, C, H, W) y recibió {tuple(x.shape)}: ¿faltó `torch.stack([x0, x1])`?",
                en=f"encode expects a batch (N, C, H, W), got {tuple(x.shape)}: was `torch.stack([x0, x1])` left out?",
            )
        mu = torch.tanh(self.there(x.flatten(1)))
        return mu, torch.zeros_like(mu)

    def decode(self, z):
        return self.drop(torch.sigmoid(self.back(z))).reshape(-1, 1, 2, 2)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(mu), mu, logvar


class ToyDecoder(Toy):
    """The same, called on z."""

    def forward(self, z):
        return self.decode(z)


def _modes(module):
    return [part.training for part in module.modules()]


def _expect(found, right, *, es, en, atol=1e-4):
    found = found.detach().to(right.dtype)
    if not torch.isfinite(found).all() or (found - right).abs().max() > atol:
        raise Hint(es=es, en=en)


def _same(a, b) -> bool:
    return bool((a - b).abs().max() < 1e-5)


def generate(generate):
    decoder = ToyDecoder()
    expect_shape(
        generate(decoder, 5, 3), (5, 1, 2, 2), es="¿pasó z por el decoder?", en="did z go through the decoder?"
    )
    if _modes(decoder) != [True] * len(_modes(decoder)):
        raise Hint(*SAID.mode_not_put_back)
    one, again = (generate(decoder, 6, 3, torch.Generator().manual_seed(1)) for _ in range(2))
    other = generate(decoder, 6, 3, torch.Generator().manual_seed(2))
    if ((one == 0) & (again != 0)).any():
        raise Hint(*SAID.dropout_active)
    if not _same(one, again):
        raise Hint(
            es="con el mismo `generator` salieron dos hojas distintas: hay que pasarlo al sorteo de z.",
            en="the same `generator` gave two different sheets: hand it on to the draw of z.",
        )
    if _same(one, other) or _same(one[:1], one[1:]):
        raise Hint(
            es="salen siempre las mismas imágenes: cada una necesita su propio z, sorteado en cada llamada.",
            en="the same pictures come out each time: every one needs its own z, drawn at each call.",
        )
    if one.requires_grad:
        raise Hint(
            es="la salida guarda gradientes: falta `torch.no_grad()`.",
            en="the output carries gradients: `torch.no_grad()` is missing.",
        )
    if _same(generate(decoder, 3, 3), generate(decoder, 3, 3)):
        raise Hint(
            es="sin `generator`, cada llamada debe dar otras imágenes; ¿quedó una semilla fija?",
            en="without a `generator` each call must give other pictures; was a fixed seed left inside?",
        )
    generate(decoder.eval(), 1, 3)
    if any(_modes(decoder)):
        raise Hint(*SAID.mode_not_put_back)
    _drawn_from_the_prior(generate)


def _drawn_from_the_prior(generate):
    mirror = nn.Linear(4, 4, bias=False)
    with torch.no_grad():
        mirror.weight.copy_(torch.eye(4))
    z = generate(mirror, 4000, 4, torch.Generator().manual_seed(0))
    mean, std = z.mean().item(), z.std().item()
    if not (z.abs() > 2).any():
        raise Hint(*SAID.uniform_noise)
    if abs(mean) > 0.06 or abs(std - 1) > 0.04:
        raise Hint(
            es=f"los z tienen media {mean:.2f} y desviación {std:.2f}: se esperaba N(0, I).",
            en=f"the z have mean {mean:.2f} and deviation {std:.2f}: N(0, I) was expected.",
        )
    if (torch.corrcoef(z.T) - torch.eye(4)).abs().max() > 0.2:
        raise Hint(
            es="las coordenadas de cada z van juntas: se sortea un número por coordenada, no uno por imagen.",
            en="the coordinates of each z move together: draw one number for each, not one for each picture.",
        )


def lerp(lerp):
    z0, z1 = torch.tensor([1.0, 0.0, 2.0]), torch.tensor([3.0, 4.0, -2.0])
    kept = z0.clone(), z1.clone()
    found = lerp(z0, z1, 0.25)
    _shapes(found, lambda t: lerp(z0, z1, t))
    if not (torch.equal(z0, kept[0]) and torch.equal(z1, kept[1])):
        raise Hint(es="z0 o z1 cambió por el camino (¿`+=`?).", en="z0 or z1 changed on the way (a `+=`?).")
    if _same(found, lerp(kept[1], kept[0], 0.75)) and _same(found, torch.tensor([2.5, 3.0, -1.0])):
        raise Hint(*SAID.t_0_gives_z1)
    _expect(
        found,
        torch.tensor([1.5, 1.0, 1.0]),
        es="entre (1, 0, 2) y (3, 4, -2), t = 0.25 debe dar (1.5, 1, 1).",
        en="between (1, 0, 2) and (3, 4, -2), t = 0.25 must give (1.5, 1, 1).",
    )
    _expect(
        lerp(z0, z1, torch.tensor([0.0, 1.0])),
        torch.stack([z0, z1]),
        es="con t = [0, 1] deben salir z0 y z1, una fila cada uno.",
        en="t = [0, 1] must give z0 and z1, one row each.",
    )
    _expect(lerp(z0, z1, 1.5), torch.tensor([4.0, 6.0, -4.0]), es="la recta sigue más allá de t = 1.",
            en="the line goes on beyond t = 1.")  # fmt: skip


def _shapes(single, many):
    expect_shape(single, (3,), es="t es un número", en="t is a number")
    try:
        found = many(torch.linspace(0, 1, 4))
    except RuntimeError:
        raise Hint(
            es="con t de forma (4,) el producto no encaja con z de forma (3,): t necesita una dimensión más, (4, 1).",
            en="with t of shape (4,) the product does not fit z of shape (3,): t needs one more dimension, (4, 1).",
        ) from None
    expect_shape(found, (4, 3), es="un punto por fila, para cada valor de t", en="one point a row, for each value of t")


def slerp(slerp):
    z0, z1 = torch.tensor([3.0, 0.0, 0.0]), torch.tensor([0.0, 3.0, 0.0])
    found = slerp(z0, z1, 0.5)
    _shapes(found, lambda t: slerp(z0, z1, t))
    length = found.detach().norm().item()
    _expect(
        found,
        torch.tensor([1.0, 1.0, 0.0]) * 3 / math.sqrt(2),
        es=f"a mitad de camino entre dos vectores de longitud 3 a 90° la longitud debe ser 3, y es {length:.2f}. "
        f"{_meaning(length).es}".rstrip(),
        en=f"midway between two vectors of length 3 at 90° the length must be 3, and it is {length:.2f}. "
        f"{_meaning(length).en}".rstrip(),
    )
    z1 = torch.tensor([1.0, 1.0, 0.0])  # 45 degrees, another length
    if _same(slerp(z0, z1, 0.0), z1):
        raise Hint(*SAID.t_0_gives_z1)
    weights = math.sin(math.pi * 3 / 16) / math.sin(math.pi / 4), math.sin(math.pi / 16) / math.sin(math.pi / 4)
    _expect(
        slerp(z0, z1, 0.25),
        weights[0] * z0 + weights[1] * z1,
        es="entre vectores a 45° y de longitud distinta algo falla: w sale del producto dividido por las dos "
        "longitudes, y los pesos van sobre los vectores como están.",
        en="something fails between vectors at 45° and of different lengths: w comes from the product divided by both "
        "lengths, and the weights go on the vectors as they are.",
    )
    for factor in (1.0, -1.0):
        z = torch.tensor([0.3, -1.1, 0.7])
        _expect(
            slerp(z, factor * z, torch.tensor([0.0, 0.3])),
            torch.stack([z, (0.7 + 0.3 * factor) * z]),
            atol=1e-3,
            **SAID.line_where_sine_is_0._asdict(),
        )


def _meaning(length: float) -> Both:
    if abs(length - 3 / math.sqrt(2)) < 1e-3:
        return SAID.line_for_arc
    return SAID.vectors_normalised if abs(length - 1) < 1e-3 else Both("", "")


def interpolate_images(interpolate_images):
    model, x0, x1 = Toy(), torch.full((1, 2, 2), 0.9), torch.tensor([[[0.0, 0.2], [0.9, 0.1]]])
    with torch.no_grad():
        model.there.weight.mul_(6), model.back.weight.mul_(6)
    film = interpolate_images(model, x0, x1, 5)
    expect_shape(film, (5, 1, 2, 2), es="`steps` imágenes, extremos incluidos", en="`steps` pictures, ends included")
    if _modes(model) != [True] * len(_modes(model)):
        raise Hint(*SAID.mode_not_put_back)
    again = interpolate_images(model, x0, x1, 5)
    if not _same(film, again):
        raise Hint(*SAID.two_films)
    if _same(film[0], x0) and _same(film[-1], x1):
        _photographs_at_the_ends(film, x0, x1)
    if film.requires_grad:
        raise Hint(
            es="la película guarda gradientes: falta `torch.no_grad()`.",
            en="the film carries gradients: `torch.no_grad()` is missing.",
        )
    _film(model.eval(), film, x0, x1)


def _photographs_at_the_ends(film, x0, x1):
    t = torch.linspace(0, 1, len(film)).reshape(-1, 1, 1, 1)
    if _same(film, (1 - t) * x0 + t * x1):
        raise Hint(*SAID.pixels_mixed)
    raise Hint(
        es="los extremos son las fotos originales: deben ser reconstrucciones, decodificadas como el resto.",
        en="the ends are the original photographs: they must be reconstructions, decoded like the rest.",
    )


def _film(model, film, x0, x1):
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x0, x1]))
        t = torch.linspace(0, 1, 5).unsqueeze(1)
        right, mixed = model.decode((1 - t) * mu[0] + t * mu[1]), t.unsqueeze(-1).unsqueeze(-1)
        ends = model.decode(mu)
    if _same(film, right.flip(0)):
        raise Hint(*SAID.film_reversed)
    if _same(film, (1 - mixed) * ends[0] + mixed * ends[1]):
        raise Hint(*SAID.pixels_mixed)
    _expect(film, right, es="se esperaban los puntos de la recta entre las dos medias mu, decodificados.",
            en="expected the points of the line between the two means mu, decoded.")  # fmt: skip


def traverse(traverse):
    z = torch.tensor([1.0, 2.0, 3.0])
    found = traverse(z, 1, torch.tensor([-1.0, 0.5]))
    if not torch.equal(z, torch.tensor([1.0, 2.0, 3.0])):
        raise Hint(*SAID.z_overwritten)
    expect_shape(found, (2, 3), es="una fila por valor", en="one row for each value")
    if _same(found, torch.tensor([[1.0, 1.0, 3.0], [1.0, 2.5, 3.0]])):
        raise Hint(*SAID.added_to_coordinate)
    _expect(found, torch.tensor([[1.0, -1.0, 3.0], [1.0, 0.5, 3.0]]),
            es="con z = (1, 2, 3), dim 1 y valores -1 y 0.5 se esperaban (1, -1, 3) y (1, 0.5, 3).",
            en="with z = (1, 2, 3), dim 1 and values -1 and 0.5, expected (1, -1, 3) and (1, 0.5, 3).")  # fmt: skip


def latent_grid(latent_grid):
    found = latent_grid(3)
    flat = SAID.grid_not_flat if getattr(found, "shape", ()) == (3, 3, 2) else Both("", "")
    expect_shape(found, (9, 2), **flat._asdict())
    right = torch.tensor([[x, y] for y in (2.0, 0.0, -2.0) for x in (-2.0, 0.0, 2.0)])
    if _same(found, right.flip(1)) or _same(found, right.flip(1) * torch.tensor([-1.0, -1.0])):
        raise Hint(*SAID.x_and_y_swapped)
    if _same(found, right * torch.tensor([1.0, -1.0])):
        raise Hint(*SAID.grid_upside_down)
    points = ", ".join(f"({x:.3g}, {y:.3g})" for x, y in found[:3].tolist())
    _expect(found, right, es=f"con steps = 3 la primera fila debe ser (-2, 2), (0, 2), (2, 2); llegó {points}.",
            en=f"with steps = 3 the first row must be (-2, 2), (0, 2), (2, 2); got {points}.")  # fmt: skip
    if abs(latent_grid(2, 1.5).abs().max() - 1.5) > 1e-5:
        raise Hint(es="`limit` no se usó.", en="`limit` was not used.")
