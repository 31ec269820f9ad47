"""Files that are whole or not there: written under a temporary name, then renamed."""

import os
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class DamagedFile(Exception):
    """A file of ours that can't be read; the message says which, why and what to do."""


def first_sentence(error: Exception) -> str:
    """What an error says first, fit for the middle of a sentence of ours."""
    said = str(error).partition("\n")[0].partition(". ")[0]
    return said.rstrip(":. ") or type(error).__name__


def as_argument(path: Path) -> str:
    """A path as a shell's line takes it: quoted, and with ./ in front where it begins like an option."""
    return shlex.quote(f"./{path}" if str(path).startswith("-") else str(path))


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, in folders made as needed; renamed to it at the end, removed after an error.

    Each writer has a temporary path of its own: of several at once, the last to end stays.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_file(path: str | Path) -> Iterator[BinaryIO]:
    """Like `replacing`, as an open binary file, whose bytes reach the disk before it takes path's place."""
    with replacing(path) as temporary, open(temporary, "xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
