"""What a value is, in words for whoever wrote the code that gave it: "a NumPy array of shape (3,)"."""

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np
from torch import Tensor, nn

from .text import Both

LONGEST = 60  # characters of a value's own text
NOTHING = Both(es="None (¿falta return?)", en="None (is `return` missing?)")
TENSOR = Both(es="un tensor de forma {size}, {dtype}", en="a tensor of shape {size}, {dtype}")
ARRAY = Both(
    es="un arreglo de NumPy de forma {size}, donde se pide un tensor de torch",
    en="a NumPy array of shape {size} where a torch tensor is asked for",
)
PAIR = Both(
    es="lo que devuelve .{name}(dim): dos tensores, .values y .indices",
    en="what .{name}(dim) returns: two tensors, .values and .indices",
)
NUMBER = Both(es="el número {value}", en="the number {value}")
TEXT = Both(es="el texto {value}", en="the text {value}")
LIST = Both(es="una lista de {n}", en="a list of {n}")
TUPLE = Both(es="una tupla de {n}", en="a tuple of {n}")
DICT = Both(es="un dict con {keys}", en="a dict with {keys}")
CLASS = Both(es="la clase {name} y no un objeto de ella", en="the class {name} and not an object of it")
FUNCTION = Both(es="la función {name}, sin llamarla", en="the function {name}, which was not called")
ITERATOR = Both(es="un iterador ({name})", en="an iterator ({name})")
MODULE = Both(es="un módulo {name}", en="a module {name}")
BARE = Both(
    es="un objeto {name}, cuya clase no hereda de nn.Module",
    en="an object {name}, whose class does not inherit from nn.Module",
)
OBJECT = Both(es="un objeto {name}", en="an object {name}")


# the first that fits
WORDS: tuple[tuple[Callable[[Any], bool], Both], ...] = (
    (lambda value: value is None, NOTHING),
    (lambda value: isinstance(value, Tensor), TENSOR),
    (lambda value: isinstance(value, np.ndarray), ARRAY),
    (lambda value: type(value).__module__ == "torch.return_types", PAIR),
    (lambda value: isinstance(value, (bool, int, float, complex, np.generic)), NUMBER),
    (lambda value: isinstance(value, str), TEXT),
    (lambda value: isinstance(value, list), LIST),
    (lambda value: isinstance(value, tuple), TUPLE),
    (lambda value: isinstance(value, dict), DICT),
    (lambda value: isinstance(value, type), CLASS),
    (lambda value: isinstance(value, nn.Module), MODULE),
    (lambda value: isinstance(value, Iterator), ITERATOR),
    (lambda value: isinstance(value, FunctionType), FUNCTION),
    (lambda value: hasattr(type(value), "forward"), BARE),
    (lambda value: True, OBJECT),
)


def described(value) -> Both:
    """The value in a few words, never its content at length."""
    words = next(words for fits, words in WORDS if fits(value))
    named = isinstance(value, (type, FunctionType))
    return words.format(
        name=value.__name__ if named else type(value).__name__,
        size=tuple(getattr(value, "shape", ())),
        dtype=str(getattr(value, "dtype", "")).removeprefix("torch."),
        value=_shown(value) if words in (NUMBER, TEXT) else "",
        n=len(value) if words in (LIST, TUPLE) else 0,
        keys=", ".join(map(str, value))[:LONGEST] if words is DICT else "",
    )


def _shown(value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else repr(value)[:LONGEST]
