"""Values on their way between checks and a student's code: JSON and the raw bytes of arrays, nothing that can execute.

A value is None, bool, int, float, str, a tensor or array, or a list, tuple or dict of values; from the checks also a
recipe (an object with `kind` and `fields`), to be built on the student's side, or a handle (an object kept there).
"""

import itertools
import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

LARGEST = 64 * 2**20  # bytes of one message, and of a tensor whose empty dimensions are 1
LARGEST_HEADER = 4 * 2**20  # bytes of all that is not in arrays
DEEPEST = 50  # values in values
MOST_KEYS = 10_000  # of a dict
LONGEST_NAME = 100  # of an object's class
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8, torch.int8, torch.int16,
        torch.int32, torch.int64, torch.complex64, torch.complex128,
    )
}  # fmt: skip


NOT_OURS = (struct.error, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError)


class ProtocolError(Exception):
    """A message that is too large or not one of ours."""


@dataclass(frozen=True)
class Kept:
    """An object that stays on the student's side, by its number."""

    number: int
    type: str = "object"


def dumps(value) -> bytes:
    """The value as one message. Raises ProtocolError."""
    blobs: list[bytes] = []
    header = json.dumps({"value": _encode(value, blobs), "sizes": [len(blob) for blob in blobs]}).encode()
    message = b"".join([struct.pack("<Q", len(header)), header, *blobs])
    if len(message) > LARGEST or len(header) > LARGEST_HEADER:
        raise ProtocolError(f"{len(message) / 2**20:.0f} MB are too much for one message")
    return message


def loads(message: bytes):
    """The value of a message; arrays become tensors of their own. Raises ProtocolError, whatever the message is."""
    try:
        (length,) = struct.unpack_from("<Q", message)
        if length > LARGEST_HEADER:
            raise ValueError("a header that is too long")
        header = json.loads(message[8 : 8 + length])
        return _decode(header["value"], _blobs(message, 8 + length, header["sizes"]))
    except NOT_OURS as error:
        raise ProtocolError(f"not a message: {error}") from None


def _blobs(message: bytes, offset: int, sizes: list[int]) -> dict[int, bytes]:
    """The bytes of arrays by their number, each to be taken once."""
    if not all(type(size) is int and size >= 0 for size in sizes) or offset + sum(sizes) != len(message):
        raise ValueError("sizes that are not those of the message")
    ends = list(itertools.accumulate(sizes, initial=offset))
    return {k: message[start:end] for k, (start, end) in enumerate(itertools.pairwise(ends))}


def _encode(value, blobs: list[bytes]):
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value.encode(errors="replace").decode()  # half a character can't be written anywhere
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return {"array": _array(value, blobs)}
    if isinstance(value, Kept):
        return {"kept": [value.number, value.type]}
    if isinstance(value, list):
        return [_encode(item, blobs) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_encode(item, blobs) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_encode(key, blobs), _encode(item, blobs)] for key, item in value.items()]}
    if hasattr(value, "kind") and hasattr(value, "fields"):
        return {"recipe": [value.kind, _encode(value.fields, blobs)]}
    raise ProtocolError(f"a {type(value).__name__} can't be sent")


def _array(value, blobs: list[bytes]) -> list:
    tensor = torch.as_tensor(value).detach().cpu().clone(memory_format=torch.contiguous_format)
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in DTYPES:
        raise ProtocolError(f"a tensor of {name} can't be sent")
    blobs.append(tensor.flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
    return [name, list(tensor.shape), len(blobs) - 1]


@dataclass(frozen=True)
class Recipe:
    """Something to be built on the student's side."""

    kind: str
    fields: dict


def _decode(value, blobs: dict[int, bytes], depth: int = 0):
    if depth > DEEPEST:
        raise ValueError("values in values in values")
    if isinstance(value, list):
        return [_decode(item, blobs, depth + 1) for item in value]
    if isinstance(value, str):
        value.encode()  # half a character can't be written anywhere
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    return DECODED[kind](content, blobs, lambda inner: _decode(inner, blobs, depth + 1))


def _dict(content: list, decode: Callable[[Any], Any]) -> dict:
    if len(content) > MOST_KEYS:
        raise ValueError("a dict with too many keys")
    return {decode(key): decode(item) for key, item in content}


def _tensor(content: list, blobs: dict[int, bytes]) -> Tensor:
    """An array's bytes, which no other array has, as the tensor that they must fill exactly."""
    name, shape, index = content
    dtype, blob = DTYPES[name], blobs.pop(index)
    if not all(type(size) is int and size >= 0 for size in shape):
        raise ValueError("a shape that is none")
    if math.prod(shape) * dtype.itemsize != len(blob) or math.prod(max(size, 1) for size in shape) > LARGEST:
        raise ValueError("a shape that does not fit")
    tensor = torch.frombuffer(bytearray(blob) or bytearray(1), dtype=torch.uint8)[: len(blob)]
    return (tensor != 0 if dtype is torch.bool else tensor.view(dtype)).reshape(shape)


DECODED: dict[str, Callable[[Any, dict[int, bytes], Callable[[Any], Any]], Any]] = {
    "float": lambda content, blobs, decode: float(content),
    "array": lambda content, blobs, decode: _tensor(content, blobs),
    "kept": lambda content, blobs, decode: Kept(int(content[0]), str(content[1])[:LONGEST_NAME]),
    "tuple": lambda content, blobs, decode: tuple(map(decode, content)),
    "dict": lambda content, blobs, decode: _dict(content, decode),
    "recipe": lambda content, blobs, decode: Recipe(content[0], decode(content[1])),
}
