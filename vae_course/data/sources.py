"""The pictures in a folder or a zip: their names, and their bytes one by one. Nothing is ever unpacked to disk."""

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from vae_course.data.imageset import DataError, missing
from vae_course.numbers import whole

EXTENSIONS = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jfif", ".mpo", ".webp", ".avif"),
    *(".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm"),
)
MAX_ENTRIES = 1_000_000
MAX_PICTURE = 50 * 2**20  # bytes of one picture in a zip, or of one table
MAX_TOTAL = 10 * 2**30  # bytes of a whole zip
MAX_RATIO, RATIO_MATTERS = 100, 10 * 2**20  # expansion allowed to an entry, from so many bytes on
BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)  # from get

Get = Callable[[str], BinaryIO | Path]


def is_picture(name: str) -> bool:
    """By its name: a picture's extension, nothing hidden, none of macOS's resource forks."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
    return not hidden and os.path.splitext(name)[1].lower() in EXTENSIONS


def natural(name: str) -> tuple:
    """Sort key that puts 2.png before 10.png."""
    return [int(part) if k % 2 else part for k, part in enumerate(re.split("([0-9]+)", name))], name


def walk(folder: Path) -> Iterator[str]:
    """Names of the pictures below the folder, as they come; links to folders last, each folder once, so loops end."""
    seen: set[tuple[int, int]] = set()
    links = [folder]
    while links:
        for place, folders, files in os.walk(links.pop(0)):
            folders[:] = [name for name in folders if not name.startswith(".")]
            status = os.stat(place)
            if (status.st_dev, status.st_ino) in seen:
                folders.clear()
                continue
            seen.add((status.st_dev, status.st_ino))
            links += sorted(inner for name in folders if (inner := Path(place, name)).is_symlink())
            inside = Path(place).relative_to(folder).as_posix()
            yield from filter(is_picture, (file if inside == "." else f"{inside}/{file}" for file in files))


def locate(path: Path, what: str) -> Path:
    """The folder or zip to read: path itself, or the only zip in a folder that holds no picture."""
    if not path.exists():
        raise missing(what, path)
    if path.is_dir() and not any(walk(path)):
        return only_zip(path) or path
    return path


def only_zip(folder: Path) -> Path | None:
    """The zip in a folder that holds just one."""
    zips = [entry for entry in folder.iterdir() if entry.suffix.lower() == ".zip"] if folder.is_dir() else []
    return zips[0] if len(zips) == 1 else None


def fingerprint(path: Path) -> list:
    """What changes when the pictures do: sizes and times of last change, names too for a folder."""
    if not path.is_dir():
        return [path.stat().st_size, path.stat().st_mtime_ns]
    return [(name, *_size_and_time(f"{path}/{name}")) for name in sorted(walk(path))]


def _size_and_time(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:  # a link to nowhere
        return -1, -1
    return status.st_size, status.st_mtime_ns


def zipped_text(path: Path, wanted: Collection[str]) -> tuple[str, str] | None:
    """(name, content) of the first entry whose last part is one of the wanted names. Raises DataError."""
    with _archive(path) as archive:
        for entry in archive.infolist():
            name = entry_name(entry)
            if PurePosixPath(name).name in wanted and "__MACOSX" not in name:
                try:
                    return name, _in_memory(archive, entry, path).read().decode("utf-8-sig", errors="replace")
                except BROKEN as error:
                    raise DataError(f"{name} in {path} can't be read ({error}): download it again") from None
    return None


@contextmanager
def opened(path: Path) -> Iterator[tuple[list[str], Get]]:
    """(names in natural order, get) of a folder or zip; get(name) gives a path or a file in memory."""
    if path.is_dir():
        yield sorted(walk(path), key=natural), lambda name: path / name
        return
    with _archive(path) as archive:
        entries = checked_entries(archive, path)
        yield sorted(entries, key=natural), lambda name: _in_memory(archive, entries[name], path)


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise DataError(f"{path} is neither a folder nor a readable zip ({error}): download or pack it again") from None


def checked_entries(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The picture entries by name. Raises DataError if any entry reaches or expands out of bounds, or is locked."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise _refused(path, f"it holds more than {whole(MAX_ENTRIES, 'en')} entries or {MAX_TOTAL >> 30} GB")
    for entry in entries:
        _check_entry(entry, path)
    named = {entry_name(entry): entry for entry in entries if not entry.is_dir()}
    return {name: entry for name, entry in named.items() if is_picture(name)}


def entry_name(entry: zipfile.ZipInfo) -> str:
    """With slashes between folders, as some programs write backslashes, and without "./", which would seem hidden."""
    return PurePosixPath(entry.filename.replace("\\", "/")).as_posix()


def _check_entry(entry: zipfile.ZipInfo, path: Path) -> None:
    name = entry.orig_filename.replace("\\", "/")
    if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in name.split("/"):
        raise _refused(path, f"its entry {name!r} points outside it")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(path, f"its entry {name!r} is a link")
    if entry.flag_bits & 1:
        raise _refused(path, f"its entry {name!r} is encrypted")
    ratio = entry.file_size / max(1, entry.compress_size)
    if is_picture(name) and (entry.file_size > MAX_PICTURE or (entry.file_size > RATIO_MATTERS and ratio > MAX_RATIO)):
        raise _refused(path, f"its entry {name!r} expands to {whole(entry.file_size >> 20, 'en')} MB")


def _in_memory(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> BinaryIO:
    with archive.open(entry) as file:
        content = file.read(min(entry.file_size, MAX_PICTURE) + 1)  # zlib expands no further than it is asked to
    if len(content) > MAX_PICTURE:
        raise _refused(path, f"its entry {entry.filename!r} expands to more than {MAX_PICTURE >> 20} MB")
    return io.BytesIO(content)


def _refused(path: Path, why: str) -> DataError:
    return DataError(f"{path} was refused: {why}. Pack just the pictures into a plain zip, or pass a folder")
