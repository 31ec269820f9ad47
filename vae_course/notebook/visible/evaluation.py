"""Visible checks of lesson 08: numbers for samples."""

import math

import torch

from ...sentences import SAID
from ...text import Both
from . import Hint, came, expect_shape


def _number(found) -> float:
    """A real number, from a float or a tensor with one element."""
    if isinstance(found, torch.Tensor) and found.numel() == 1 and not found.is_complex():
        return found.item()
    if isinstance(found, torch.Tensor) and found.is_complex():
        raise Hint(*SAID.complex_number)
    if isinstance(found, torch.Tensor):
        raise Hint(
            es=f"se esperaba un solo número, llegó un tensor de forma {tuple(found.shape)}: ¿falta sumar?",
            en=f"expected a single number, got a tensor of shape {tuple(found.shape)}: is a sum missing?",
        )
    try:
        return float(found)
    except (TypeError, ValueError):
        raise came(found, Both(es="Se espera un solo número.", en="A single number is expected.")) from None


def frechet_distance(frechet_distance):
    line = torch.linspace(-1, 1, 41).unsqueeze(1)  # (41, 1)
    spread = line.std().item()
    found, right = _number(frechet_distance(line, line + 3)), 9.0
    if abs(found - 3) < 0.01:
        raise Hint(
            es=f"dos nubes iguales separadas por 3 dieron 3, no 9. {SAID.root_of_distance.es}",
            en=f"two equal clouds 3 apart gave 3, not 9. {SAID.root_of_distance.en}",
        )
    if not abs(found - right) < 0.01:
        raise Hint(
            es=f"dos nubes iguales separadas por 3 dieron {found:.4g}, no 9: solo difieren las medias, "
            "y tr(A) + tr(B) se cancela con 2 tr((AB)^(1/2)).",
            en=f"two equal clouds 3 apart gave {found:.4g}, not 9: only their means differ, "
            "and tr(A) + tr(B) cancels with 2 tr((AB)^(1/2)).",
        )
    plane = torch.cat([line, line**2], dim=1)
    found = _number(frechet_distance(plane, plane + torch.tensor([3.0, 4.0])))
    if not abs(found - 25) < 0.03:
        raise Hint(
            es=f"dos nubes iguales en el plano, separadas por (3, 4), dieron {found:.4g}, no 25: los cuadrados de la "
            "diferencia de medias se suman sobre los rasgos.",
            en=f"two equal clouds in the plane, (3, 4) apart, gave {found:.4g}, not 25: the squares of the difference "
            "of means add up over the features.",
        )
    found, right = _number(frechet_distance(line, 3 * line)), (2 * spread) ** 2
    if not abs(found - right) < 0.002 * right:
        raise Hint(
            es=f"una nube y otra tres veces más ancha dieron {found:.4g}, no {right:.4g}, que es el cuadrado de la "
            "diferencia de sus desviaciones: conviene revisar tr(A) + tr(B) - 2 tr((AB)^(1/2)).",
            en=f"a cloud and one three times as wide gave {found:.4g}, not {right:.4g}, which is the square of the "
            "difference of their deviations: look at tr(A) + tr(B) - 2 tr((AB)^(1/2)).",
        )
    a, b = _tilted(0.9), _tilted(-0.9) * torch.tensor([2.0, 1.0])
    found, right = _number(frechet_distance(a, b)), _between_tilted(a, b)
    if not abs(found - right) < 0.01 * right:
        raise Hint(
            es=f"dos nubes inclinadas en sentidos opuestos dieron {found:.4g}, no {right:.4g}. "
            f"{SAID.root_of_elements.es}",
            en=f"two clouds tilted opposite ways gave {found:.4g}, not {right:.4g}. {SAID.root_of_elements.en}",
        )
    found = _number(frechet_distance(a, a.clone()))
    if not -1e-12 <= found < 0.1:
        raise Hint(
            es=f"de un conjunto a sí mismo dio {found:.4g}: se esperaba 0, y nunca menos (clamp).",
            en=f"from a set to itself it gave {found:.4g}: 0 was expected, and never less (clamp).",
        )
    few = torch.sin(torch.arange(60.0) ** 2).reshape(5, 12)  # rounding makes some eigenvalues negative
    try:
        found = _number(frechet_distance(few, few + 1))
    except torch.linalg.LinAlgError:
        found = math.nan
    if not math.isfinite(found):
        raise Hint(
            es="con 5 imágenes y 12 rasgos no dio un número: el redondeo vuelve negativo algún valor propio; "
            "clamp(min=0) antes de cada raíz.",
            en="with 5 images and 12 features no number came: rounding makes some eigenvalue negative; clamp(min=0) "
            "before each root.",
        )


def _tilted(correlation: float) -> torch.Tensor:
    """Points with unit variances and this correlation, (64, 2)."""
    turn = torch.arange(64, dtype=torch.float64) * (2 * math.pi / 64)
    x, y = turn.cos(), turn.sin()
    scale = math.sqrt(2 * 63 / 64)
    points = torch.stack([x, correlation * x + math.sqrt(1 - correlation**2) * y], dim=1)
    return (scale * points).float()


def _between_tilted(a: torch.Tensor, b: torch.Tensor) -> float:
    """In two dimensions the root's trace is sqrt(tr(AB) + 2 sqrt(det(AB)))."""
    product = torch.cov(a.T.double()) @ torch.cov(b.T.double())
    trace = (product.trace() + 2 * product.det().sqrt()).sqrt()
    return (torch.cov(a.T.double()).trace() + torch.cov(b.T.double()).trace() - 2 * trace).item()


def nearest_neighbours(nearest_neighbours):
    training = torch.linspace(0, 1, 6).reshape(6, 1, 1, 1).expand(6, 1, 2, 2).contiguous()
    samples = training[[4, 0, 5]] * 0.98
    found = nearest_neighbours(samples, training)
    if hasattr(found, "shape") and tuple(found.shape) == (6,):
        raise Hint(
            es=f"llegaron 6 índices, uno por imagen de entrenamiento. {SAID.searched_the_other_way.es}",
            en=f"6 indices came, one for each training image. {SAID.searched_the_other_way.en}",
        )
    expect_shape(found, (3,), es="un índice por muestra", en="one index for each sample")
    given, found = found, found.double()
    if not torch.equal(found, torch.tensor([4.0, 0, 5]).double()):
        what = [round(value, 3) for value in found.tolist()]
        if torch.equal(found, found.round()):
            more = ("conviene revisar qué se minimiza.", "look at what is minimised.")
        else:
            more = ("se piden índices (argmin), no distancias.", "indices (argmin), not distances.")
        raise Hint(
            es=f"se buscaron copias casi exactas de las imágenes 4, 0 y 5 y llegó {what}: {more[0]}",
            en=f"near copies of the images 4, 0 and 5 were looked up and {what} came: {more[1]}",
        )
    if given.is_floating_point():
        raise Hint(*SAID.not_whole_indices.format(found=given.dtype))
    training = torch.tensor([[0.6, 0, 0, 0], [0.2, 0.2, 0.2, 0.2]]).reshape(2, 1, 2, 2)
    found = torch.as_tensor(nearest_neighbours(torch.zeros(1, 1, 2, 2), training)).double().flatten().tolist()
    if found != [1.0]:
        raise Hint(
            es="con errores al cuadrado 0.36 y 0.16 se eligió el primero: se eleva al cuadrado píxel a píxel y luego "
            "se suma.",
            en="with squared errors 0.36 and 0.16 the first was chosen: square each pixel's difference, then add up.",
        )


def importance_weighted_bound(importance_weighted_bound):
    zeros = torch.zeros(2, 3)
    expect_shape(
        importance_weighted_bound(zeros, zeros, zeros),
        (3,),
        **SAID.mean_over_k._asdict(),
    )
    x = torch.tensor([[0.0], [math.log(3)]])
    found = float(importance_weighted_bound(x, torch.zeros(2, 1), torch.zeros(2, 1)))
    known = {
        math.log(3) / 2: SAID.logarithms_averaged,
        math.log(4): SAID.not_divided_by_k,
        math.log(3): SAID.largest_weight,
        2.0: ("2 es la media de los pesos: falta su logaritmo.", "2 is the mean weight: its log is missing."),
        math.log(8): ("log K se resta, no se suma.", "log K is subtracted, not added."),
        -math.log(2): SAID.density_sign,
    }
    if not abs(found - math.log(2)) < 1e-3:
        es, en = next((text for value, text in known.items() if abs(found - value) < 1e-3), ("", ""))
        raise Hint(
            es=f"pesos 1 y 3 dieron {found:.3f}, no log 2 = 0.693. {es}".strip(),
            en=f"weights 1 and 3 gave {found:.3f}, not log 2 = 0.693. {en}".strip(),
        )
    ones = torch.ones(2, 1)
    found = float(importance_weighted_bound(ones, 2 * ones, 4 * ones))
    if not abs(found + 1) < 1e-3:
        raise Hint(
            es=f"con log p(x|z) = 1, log p(z) = 2 y log q(z|x) = 4 dio {found:.3f}, no -1: {SAID.log_weight.es}",
            en=f"with log p(x|z) = 1, log p(z) = 2 and log q(z|x) = 4 it gave {found:.3f}, not -1: "
            f"{SAID.log_weight.en}",
        )
    x, zeros = torch.tensor([[-1000.0, 50.0]]).repeat(2, 1), torch.zeros(2, 2)
    bounds = torch.as_tensor(importance_weighted_bound(x, zeros, zeros))
    if not torch.allclose(bounds.double(), x[0].double(), atol=0.01):
        values = [round(value, 2) for value in bounds.tolist()]
        raise Hint(
            es=f"con log p(x|z) = -1000 y 50 dio {values}: {SAID.exp_overflows.es}",
            en=f"with log p(x|z) = -1000 and 50 it gave {values}: {SAID.exp_overflows.en}",
        )
