"""Visible checks: what a reader hears at once, one module per lesson, one function per exercise.

Each takes the reader's own functions and raises `Hint` on the first thing that is surely wrong. They are quick and few;
the hidden checks say the rest.
"""

from torch import Tensor, nn

from ...kinds import described
from ...text import Both, pick


class Hint(Exception):
    """What is wrong with an answer, in both languages, in a sentence or two."""

    def __init__(self, es: str, en: str):
        super().__init__(en)
        self.text = Both(es, en)

    def say(self, lang: str) -> str:
        return pick(self.text, lang)


def expect_shape(found, expected: tuple[int, ...], *, es: str = "", en: str = "") -> None:
    """Raise a Hint that names both shapes unless `found` is a tensor of that shape; es and en may go on.

    They go on after a colon, and as a sentence of its own where they begin like one.
    """
    es, en = ((f". {text}" if text[:1].isupper() else f": {text}") if text else "." for text in (es, en))
    if not isinstance(found, Tensor):
        size = tuple(expected)
        raise came(found, Both(es=f"Se espera un tensor de forma {size}.", en=f"A tensor of shape {size} is expected."))
    if [n for n in found.shape if n != 1] == [n for n in expected if n != 1] and found.ndim > len(expected):
        es, en = (
            ": sobra una dimensión de tamaño 1 (¿keepdim=True?).",
            ": a dimension of size 1 too many (keepdim=True?).",
        )
    if tuple(found.shape) != tuple(expected):
        raise Hint(
            es=f"se esperaba la forma {tuple(expected)}, llegó {tuple(found.shape)}{es}",
            en=f"expected shape {tuple(expected)}, got {tuple(found.shape)}{en}",
        )


def came(found, asked: Both) -> Hint:
    """The Hint that something else came than what was asked for."""
    what = described(found)
    return Hint(es=f"{asked.es} Llegó {what.es}.", en=f"{asked.en} What came is {what.en}.")


def expect_module(made, name: str) -> None:
    """Raise a Hint unless a reader's class made a module that knows all of its layers."""
    if not isinstance(made, nn.Module):
        raise Hint(
            es=f"{name} debe heredar de nn.Module: si no, el optimizador no encuentra sus pesos.",
            en=f"{name} must inherit from nn.Module: otherwise the optimiser finds none of its weights.",
        )
    for kept, value in vars(made).items():
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
        if not kept.startswith("_") and any(isinstance(part, nn.Module) for part in parts):
            raise Hint(
                es=f"las capas de self.{kept} están en una lista o un dict, y parameters() no las ve: hace falta "
                "nn.Sequential, nn.ModuleList o nn.ModuleDict.",
                en=f"the layers of self.{kept} are in a list or a dict, where parameters() does not see them: "
                "nn.Sequential, nn.ModuleList or nn.ModuleDict is needed.",
            )
