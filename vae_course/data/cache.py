"""Decoded pictures kept as one .npy, so that the second start takes a second."""

import glob
import hashlib
import json
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from vae_course.data import pictures, sources
from vae_course.data.imageset import INSTEAD, DataError
from vae_course.files import replacing_file

VERSION = 2  # of what decoding does; raise it when the same file should give other pixels or names of pictures
CHECKED = 2**30  # bytes up to which a cache's checksum is verified
PATIENCE = 2000  # pictures from which decoding shows a progress bar

Pictures = Iterator[tuple[str, np.ndarray | None]]  # name and pixels, None for a picture that can't be read


@dataclass(frozen=True)
class Decoded:
    images: np.ndarray  # uint8 (N, H, W, C), memory-mapped, copy on write
    files: tuple[str, ...]
    skipped: tuple[str, ...]
    more: dict  # what else was kept


def decoded(
    path: Path, size: tuple[int, int], channels: int, *, count: int | None = None, width_share: float = 1.0
) -> Decoded:
    """The first `count` readable pictures of a folder or zip, from the cache where it holds them. Raises DataError."""
    path = path.resolve()
    settings = size, channels, count, width_share
    name = name_for(path.stem, str(path), sources.fingerprint(path), *settings)
    source = name_for(path.stem, str(path), *settings)  # which stays when the pictures change
    kept = next(filter(None, (read(folder / name) for folder in places(path))), None)
    if kept:
        return kept
    with sources.opened(path) as (names, get):
        if not names:
            raise DataError(f"no pictures in {path} (looked for {' '.join(sources.EXTENSIONS)}); {INSTEAD}")
        most = min(count or len(names), len(names))
        for folder in places(path):
            try:
                found = decode(names, get, size, channels, width_share)
                kept = write(folder / name, found, (most, *size, channels), source=source)
                forget_others(folder / name, source)
                return kept
            except OSError as error:
                problem = error
    raise DataError(
        f"can't keep the decoded pictures of {path} ({problem}): set VAE_COURSE_CACHE to a folder with room"
    )


def name_for(stem: str, *identity) -> str:
    """The file name of what is identified by these: where it comes from, and all that changes its pixels."""
    return f"{stem}-{hashlib.sha256(json.dumps([VERSION, *identity]).encode()).hexdigest()[:16]}.npy"


def decode(names: list[str], get: sources.Get, size: tuple[int, int], channels: int, width_share: float) -> Pictures:
    """The pictures one after the other; None for those that can't be read."""
    for name in names:
        try:
            yield name, pictures.open_picture(get(name), size, channels, width_share=width_share)
        except (pictures.PictureError, *sources.BROKEN):
            yield name, None


def places(path: Path) -> list[Path]:
    """Folders for the cache, the better one first: beside the data unless that is read-only, then the user's own."""
    beside = path.parent
    anyone = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH  # root may write anywhere: look at what the folder says
    writable = os.access(beside, os.W_OK) and beside.stat().st_mode & anyone
    return [beside, own()] if writable else [own()]


def own() -> Path:
    """The user's cache folder: VAE_COURSE_CACHE, or ~/.cache/vae_course."""
    return Path(os.environ.get("VAE_COURSE_CACHE") or "~/.cache/vae_course").expanduser()


def read(npy: Path) -> Decoded | None:
    """What `write` kept, or None where there is nothing or not all of it."""
    try:
        notes = json.loads(npy.with_suffix(".json").read_text(encoding="utf-8"))
        images = np.lib.format.open_memmap(npy, mode="c")
        whole = images.dtype == np.uint8 and list(images.shape) == notes["shape"]
        if whole and images.nbytes <= CHECKED:
            whole = zlib.crc32(images.data) == notes["crc32"]
        return Decoded(images, tuple(notes["files"]), tuple(notes["skipped"]), notes["more"]) if whole else None
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def write(
    npy: Path, decoded_pictures: Pictures, shape: tuple[int, ...], more: dict | None = None, source: str = ""
) -> Decoded:
    """Pictures to a .npy, one at a time, at most shape[0] of them, and their names beside it as .json.

    shape: (N, H, W, C). `more` and `source` go into the .json too. Raises DataError when not one picture could
    be read, OSError when there is no room.
    """
    files: list[str] = []
    skipped: list[str] = []
    crc32 = 0
    with replacing_file(npy) as file, _progress(shape[0]) as bar:
        _header(file, shape)
        for name, picture in decoded_pictures:
            (skipped if picture is None else files).append(name)
            if picture is not None:
                file.write(picture.data)
                crc32 = zlib.crc32(picture.data, crc32)
                bar.update()
            if len(files) == shape[0]:
                break
        if not files:
            raise DataError(f"none of the {len(skipped)} pictures could be read: {some(skipped)}; {INSTEAD}")
        file.seek(0)
        _header(file, (len(files), *shape[1:]))
    more = more or {}
    about = {"files": files, "skipped": skipped, "more": more, "source": source}
    notes = {"shape": [len(files), *shape[1:]], "crc32": crc32} | about
    with replacing_file(npy.with_suffix(".json")) as file:
        file.write(json.dumps(notes).encode())
    return Decoded(np.lib.format.open_memmap(npy, mode="c"), tuple(files), tuple(skipped), more)


def forget_others(npy: Path, source: str) -> None:
    """Removes what was kept beside it of the same pictures before they changed."""
    for notes in set(npy.parent.glob(f"{glob.escape(source.rpartition('-')[0])}-*.json")) - {npy.with_suffix(".json")}:
        with suppress(OSError, ValueError, AttributeError):  # read by others just now, or no notes of ours
            if json.loads(notes.read_text(encoding="utf-8")).get("source") == source:
                notes.with_suffix(".npy").unlink()
                notes.unlink()


def some(names: list[str] | tuple[str, ...]) -> str:
    """The first three names."""
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def _header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    """A .npy header; numpy pads it so that it is as long for fewer pictures."""
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})


def _progress(total: int) -> tqdm:
    silent = total <= PATIENCE or not sys.stderr.isatty()
    return tqdm(total=total, desc="decoding", unit=" pictures", disable=silent, leave=False)
