"""Values on their way between checks and a student's code: JSON and the raw bytes of arrays, nothing that can execute.

A value is None, bool, int, float, str, a tensor or array, or a list, tuple or dict of values; from the checks also a
recipe (an object with `kind` and `fields`), to be built on the student's side, or a handle (an object kept there).
"""

import json
import math
import struct
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

LARGEST = 256 * 2**20  # bytes of one message
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.bool, torch.uint8, torch.int8, torch.int16,
        torch.int32, torch.int64, torch.complex64, torch.complex128,
    )
}  # fmt: skip


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
    if len(message) > LARGEST:
        raise ProtocolError(f"{len(message) / 2**20:.0f} MB are too much for one message")
    return message


def loads(message: bytes):
    """The value of a message; arrays become tensors of their own. Raises ProtocolError."""
    try:
        (length,) = struct.unpack_from("<Q", message)
        header, offset, blobs = json.loads(message[8 : 8 + length]), 8 + length, []
        for size in header["sizes"]:
            blobs.append(message[offset : offset + size])
            offset += size
        return _decode(header["value"], blobs)
    except (struct.error, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ProtocolError(f"not a message: {error}") from None


def _encode(value, blobs: list[bytes]):
    if value is None or isinstance(value, (bool, int, str)):
        return value
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


def _decode(value, blobs: list[bytes]):
    if isinstance(value, list):
        return [_decode(item, blobs) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "float":
        return float(content)
    if kind == "array":
        name, shape, index = content
        return (
            torch.frombuffer(bytearray(blobs[index]) or bytearray(1), dtype=torch.uint8)[: len(blobs[index])]
            .view(DTYPES[name])
            .reshape(shape)
        )
    if kind == "kept":
        return Kept(int(content[0]), str(content[1]))
    if kind == "tuple":
        return tuple(_decode(item, blobs) for item in content)
    if kind == "dict":
        return {_decode(key, blobs): _decode(item, blobs) for key, item in content}
    if kind == "recipe":
        return Recipe(content[0], _decode(content[1], blobs))
    raise ValueError(f"unknown kind {kind!r}")
