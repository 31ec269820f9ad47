"""What hidden checks are written with. Imports nothing of vae_course: a bug there must not become the answer key."""

import hashlib
import os
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import torch


class Said(NamedTuple):
    """A sentence in both languages."""

    es: str
    en: str

    def format(self, **values) -> "Said":
        return Said(self.es.format(**values), self.en.format(**values))


def said(file: Path) -> SimpleNamespace:
    """The sentences of a file, by their names."""
    return SimpleNamespace(**{name: Said(**both) for name, both in tomllib.loads(file.read_text("utf-8")).items()})


SAID = said(Path(os.environ["VAE_COURSE_SENTENCES"]))  # what the visible checks say too; who grades says where it is


class Recipe:
    """Something that is built on the student's side."""

    def __init__(self, kind: str, **fields):
        self.kind, self.fields = kind, fields


def leaf(value, name: str) -> Recipe:
    """An argument that requires grad; the outcome's gradients have it under that name."""
    return Recipe("leaf", value=value, name=name)


def strided(value) -> Recipe:
    """The same values in a tensor that is not contiguous."""
    return Recipe("strided", value=value)


def salted(seed: int) -> int:
    """Another seed in each course, so that no answer can hold a table of what the checks draw."""
    salt = os.environ.get("VAE_COURSE_SALT")
    return seed if salt is None else int.from_bytes(hashlib.sha256(f"{salt} {seed}".encode()).digest()[:7], "big")


def chance(seed: int) -> torch.Generator:
    """Draws a check's inputs."""
    return torch.Generator().manual_seed(salted(seed))


def fixed(seed: int) -> torch.Generator:
    """The same in every course: for gradients, where by chance a wrong one may agree with the values' differences."""
    return torch.Generator().manual_seed(seed)


def generator(seed: int) -> Recipe:
    return Recipe("generator", seed=seed)


def toy_vae(weights: dict | None = None, seed: int = 0, *, extras: bool = True, noiseless: bool = False) -> Recipe:
    """A small VAE for x (N, 1, 4, 4) with D = 3; extras: batch norm, dropout and a part always in eval mode."""
    return Recipe("toy_vae", weights=weights, seed=salted(seed), extras=extras, noiseless=noiseless)


def identity() -> Recipe:
    """A decoder that shows the z that it is given."""
    return Recipe("identity")


def toy_encoder() -> Recipe:
    """x (N, 1, 4, 4) to (mu, logvar), (N, 3) each: layers `mu` of the upper eight pixels, `logvar` of the lower."""
    return Recipe("toy_encoder")


def toy_decoder() -> Recipe:
    """z (N, 3) to a picture (N, 1, 4, 4)."""
    return Recipe("toy_decoder")


def z_as_picture() -> Recipe:
    """A decoder that shows the z (N, 3) that it is given as a picture (N, 1, 1, 3)."""
    return Recipe("z_as_picture")


def velocity(matrix, drift) -> Recipe:
    """v(x, t) = x matrix^T + t^2 drift, x (N, D); its `seen` has what it was asked for, (x, t) a call."""
    return Recipe("velocity", matrix=matrix, drift=drift)


def sgd(model, lr: float) -> Recipe:
    return Recipe("sgd", model=model, lr=lr)


def adam(model, lr: float) -> Recipe:
    return Recipe("adam", model=model, lr=lr)


def batches(arrays) -> Recipe:
    """An iterable that can be gone through once."""
    return Recipe("batches", arrays=list(arrays))


def path(name: str) -> Recipe:
    """A path in the student's temporary folder."""
    return Recipe("path", name=name)


USELESS = 1 / 3  # of an exercise's points, kept by an answer that can't serve its purpose
SLIP = 2 / 3  # kept by an answer that is right but for a slip, such as a form that needs a squeeze


def exercise(
    name: str, *, weight: int, es: str, en: str, leaves: float = 1.0, needs: tuple[str, ...] = (), idle: bool = False
):
    """Marks a check: whose exercise it is, what it weighs among the exercise's checks, the property that it checks.

    leaves: the share of the exercise's points that an answer can keep at most without this property: USELESS where the
    answer can't serve its purpose without it (no gradient, no randomness, another quantity), SLIP where it is right but
    for a slip (a form that needs a squeeze). needs: names of checks; if this one fails and one of those too, this one
    could not be judged, says so, and does not count. idle: it holds of a function that does nothing, too, and earns
    nothing alone.
    """
    return pytest.mark.exercise(name, weight=weight, es=es, en=en, leaves=leaves, needs=needs, idle=idle)


class Wrong(AssertionError):
    """A property that does not hold, with a sentence for the student in both languages.

    came: whether the report says what the student's function returned, too. reason: the same wherever one mistake makes
    several properties fail, which count once; by default the sentence itself, "" where it says nothing of why.
    """

    def __init__(self, es: str, en: str, *, came: bool = False, reason: str | None = None):
        super().__init__(en)
        self.text, self.came, self.reason = (es, en), came, reason


def number(value) -> torch.Tensor:
    """A student's result as a float64 tensor. Raises Wrong when it is no number and no array."""
    if isinstance(value, torch.Tensor):
        return value.detach().double()
    if isinstance(value, (bool, int, float)):
        return torch.tensor(float(value), dtype=torch.float64)
    if isinstance(value, (list, tuple)) and all(isinstance(part, (int, float)) for part in value):
        return torch.tensor([float(part) for part in value], dtype=torch.float64)
    raise Wrong("Se esperaba un tensor o un número.", "A tensor or a number is expected.", came=True)


def squeezed(value, size) -> torch.Tensor:
    """A result as a float64 tensor of that shape if only dimensions of size 1 are too many or missing, else as it is.

    For checks of values, beside one check of the shape: so a result that is right but for its form loses that alone.
    """
    found, size = number(value), tuple(size)
    same = [n for n in found.shape if n != 1] == [n for n in size if n != 1]
    return found.reshape(size) if same else found


def own(student, name: str, *args) -> torch.Tensor | None:
    """What the student's own earlier function gives, as float64; None if they have none that gives numbers.

    For checks of a function that is built on earlier ones: it is right if it is right with theirs, whose own mistakes
    are told and charged at their own exercise.
    """
    outcome = student.ask(name, *args, backward=False, aside=True)
    try:
        return None if outcome.fault else number(outcome.value)
    except Wrong:
        return None


def reaches(outcome, *names: str) -> None:
    """Raises Wrong unless the result depends on each of these leaves and its gradients are finite."""
    cut = [name for name in names if outcome.gradients[name] is None or not outcome.gradients[name].any()]
    if cut:
        told = f"El gradiente no llega a {', '.join(cut)}.", f"No gradient reaches {', '.join(cut)}."
        raise Wrong(*told, came=outcome.numpy or not isinstance(outcome.value, (torch.Tensor, tuple, list)))
    if not all(outcome.gradients[name].isfinite().all() for name in names):
        raise Wrong("Hay gradientes que no son finitos.", "Some gradients are not finite.")


def slopes(student, name: str, args: list, leaves: dict[str, int], *, part=None, seed=None, step: float = 3e-3) -> None:
    """Raises Wrong unless the gradients are those of the values that the function itself gives, right or wrong.

    leaves: name -> position of the argument; along a random direction for each, of about `step`, the gradient must
    agree with the difference quotient. part: index into a returned tuple. So a wrong value is charged where values are
    checked, and here only a gradient that is cut or bent.
    """
    leafy = {position: leaf(args[position], key) for key, position in leaves.items()}
    outcome = student.ask(name, *(leafy.get(k, arg) for k, arg in enumerate(args)), backward_of=part, seed=seed).ok()
    reaches(outcome, *leaves)

    def total(position, way):
        moved = [arg + way if k == position else arg for k, arg in enumerate(args)]
        value = student.ask(name, *moved, backward=False, seed=seed).ok().value
        return number(value if part is None else value[part]).sum()

    for key, position in leaves.items():
        way = step * torch.randn(args[position].shape, generator=torch.Generator().manual_seed(position))
        rise, fall = total(position, way), total(position, -way)
        expect_slope(key, outcome.gradients[key], way, rise, fall)


def expect_slope(name: str, gradient, way, rise, fall) -> None:
    """Raises Wrong unless a gradient agrees with what a function gives one way from a place and the other."""
    each = gradient.double() * way
    if (each.sum() - (rise - fall) / 2).abs() > 0.02 * each.abs().sum() + 3e-6 * (rise.abs() + fall.abs()):
        raise Wrong(
            f"El gradiente de {name} no es el de los valores devueltos: ¿hay un detach o no_grad a mitad de camino?",
            f"The gradient of {name} is not that of the values returned: is there a detach or no_grad on the way?",
        )


def shape(actual, expected, hints=()) -> None:
    """Raises Wrong unless a result has that shape. hints: [(shape, (es, en))] for known mistakes."""
    expected, found = tuple(expected), tuple(number(actual).shape)
    if found == expected:
        return
    for wrong, (es, en) in hints:
        if found == tuple(wrong):
            raise Wrong(es, en, reason="shape")
    told = f"Se esperaba la forma {expected} y llegó {found}.", f"Expected shape {expected}, got {found}."
    raise Wrong(*told, reason="shape")


def unchanged(outcome, **given) -> None:
    """Raises Wrong unless something came back and the first arguments, named in order, are as they were given."""
    if outcome.value is None:
        raise Wrong("No se devolvió nada.", "Nothing was returned.", came=True)
    for found, (name, value) in zip(outcome.inputs, given.items(), strict=False):
        if not torch.equal(found, value):
            raise Wrong(f"{name} cambió.", f"{name} changed.")


def close(actual, expected, *, rtol: float = 1e-4, atol: float = 1e-5, hints=()) -> None:
    """Raises Wrong unless a result has the expected shape and values.

    hints: [(what a known mistake gives, (es, en))]; its sentence is told when the result matches that instead.
    """
    expected = torch.as_tensor(expected, dtype=torch.float64)
    found = number(actual)
    for wrong, (es, en) in hints:
        wrong = torch.as_tensor(wrong, dtype=torch.float64)
        if found.shape == wrong.shape and not near(found, expected, rtol, atol) and near(found, wrong, rtol, atol):
            raise Wrong(es, en, reason=None if found.shape == expected.shape else "shape")
    shape(found, expected.shape)
    if not found.isfinite().all() and expected.isfinite().all():
        raise Wrong("Hay valores que no son finitos (nan o inf).", "Some values are not finite (nan or inf).")
    if not near(found, expected, rtol, atol):
        worst = (found - expected).abs().flatten().argmax()
        is_, should = f"{found.flatten()[worst]:.6g}", f"{expected.flatten()[worst]:.6g}"
        raise Wrong(f"Se esperaba {should} y llegó {is_}.", f"Expected {should}, got {is_}.", reason="")


def near(a: torch.Tensor, b: torch.Tensor, rtol: float = 1e-4, atol: float = 1e-5) -> bool:
    """Same shape, and equal up to the tolerances."""
    return a.shape == b.shape and torch.allclose(a.double(), b.double(), rtol=rtol, atol=atol)


SEED = 20_011  # for calls that are to leave torch's seed: one that no answer is likely to set
SETTINGS = {
    "seed": (
        "Se cambió la semilla global de torch (manual_seed): es de quien llama a la función.",
        "torch's global seed was changed (manual_seed): it belongs to whoever calls the function.",
    ),
    "gradients": (
        "Los gradientes quedaron apagados para todo lo que sigue; with torch.no_grad() los vuelve a encender.",
        "Gradients stay off for all that follows; with torch.no_grad() turns them on again.",
    ),
    "dtype": ("Se cambió el dtype por defecto de torch.", "torch's default dtype was changed."),
}


def undisturbed(outcome, *allowed: str) -> None:
    """Raises Wrong if a call left torch's own settings otherwise than it found them."""
    for name in SETTINGS:
        if name in outcome.changed and name not in allowed:
            raise Wrong(*SETTINGS[name])


def seeded_by_torch(student, draw) -> None:
    """Raises Wrong unless draw(), which is given no generator, takes its chance from torch's global one."""
    drawn = []
    for _ in range(2):
        student.seed(5)
        drawn.append(number(draw()))
    if not near(*drawn):
        raise Wrong(
            "Sin generador, el azar es el global de torch: tras torch.manual_seed(5) debe salir lo mismo cada vez.",
            "Without a generator chance is torch's global one: after torch.manual_seed(5) the same must come each time.",
        )


def decided_by(one, again, other, moved: bool, *, unused: Said = SAID.generator_unused) -> None:
    """Raises Wrong unless the generator alone decided draws with one seed, with it again, and with another.

    moved: whether a call with a generator used torch's global chance; unused: what to say where it is not heeded.
    """
    if not near(one, again):
        raise Wrong(*unused)
    if near(one, other):
        raise Wrong("Dos generadores distintos dan lo mismo.", "Two different generators give the same.")
    if moved:
        raise Wrong(
            "Aunque recibió un generador, usó también el azar global de torch.",
            "Although it was given a generator, it used torch's global chance too.",
        )


def standard_normal(z: torch.Tensor) -> None:
    """Raises Wrong unless numbers (N, D) look like independent draws from N(0, 1)."""
    count, mean, square, fourth = z.numel(), z.mean().item(), (z**2).mean().item(), (z**4).mean().item()
    if not (z.abs() > 2).any():
        raise Wrong(*SAID.uniform_noise)
    if abs(mean) >= 5.5 / count**0.5:
        told = f"{mean:.3g}"
        raise Wrong(f"Su media es {told}; debe rondar 0.", f"Their mean is {told}; it should be about 0.")
    if abs(square - 1) >= 5.5 * (2 / count) ** 0.5:
        told = f"{square**0.5:.3g}"
        raise Wrong(f"Su desviación es {told}; debe rondar 1.", f"Their deviation is {told}; it should be about 1.")
    if abs(fourth - 3) >= 5.5 * (96 / count) ** 0.5:
        raise Wrong(
            "Sus valores no se reparten como los de una normal.", "They are not spread as a normal's values are."
        )
    if (torch.corrcoef(z.T) - torch.eye(z.shape[1], dtype=z.dtype)).abs().max() >= 6.5 / len(z) ** 0.5:
        raise Wrong("Sus dimensiones dependen una de otra.", "Their dimensions depend on each other.")


def refused(outcome, es: str, en: str) -> None:
    """Raises Wrong unless a call ended in ValueError; of another exception the report tells by itself.

    es, en: with what it was called.
    """
    if not outcome.error_type:
        raise Wrong(f"Con {es} no hubo error.", f"With {en} there was no error.", came=True)
    assert "ValueError" in outcome.error_type


def tensors(outcome) -> None:
    """Raises Wrong if a result is a list, a NumPy array, or in half precision, where the contract has a tensor."""
    parts = outcome.value if isinstance(outcome.value, (list, tuple)) else [outcome.value]
    if any(listed(part) for part in (outcome.value, *parts)):
        raise Wrong(
            "Se esperaba un tensor de torch y llegó una lista de números: torch.tensor la convierte.",
            "A torch tensor was expected and a list of numbers came: torch.tensor turns one into the other.",
        )
    if any(getattr(part, "dtype", None) in (torch.float16, torch.bfloat16) for part in parts):
        raise Wrong(
            "El resultado está en media precisión (float16): pierde dígitos.",
            "The result is in half precision (float16): digits are lost.",
        )
    if outcome.numpy:
        raise Wrong(
            "Se esperaba un tensor de torch y llegó un arreglo de NumPy: torch.from_numpy lo convierte.",
            "A torch tensor was expected and a NumPy array came: torch.from_numpy turns one into the other.",
        )


def listed(value) -> bool:
    """Whether it is a list of plain numbers."""
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(isinstance(one, (int, float)) for one in value)


def indices(outcome) -> None:
    """Raises Wrong unless a result's parts are tensors that can index."""
    tensors(outcome)
    for part in outcome.value if isinstance(outcome.value, (list, tuple)) else [outcome.value]:
        number(part)  # raises Wrong of what is none
        kind = getattr(part, "dtype", None)
        if kind is not None and (kind.is_floating_point or kind.is_complex or kind == torch.bool):
            raise Wrong(*SAID.not_whole_indices.format(found=kind))
