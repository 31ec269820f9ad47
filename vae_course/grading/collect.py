"""`python -m vae_course collect`: what a learning platform hands a teacher as one archive, put where grading looks.

Moodle: NAME_NUMBER_assignsubmission_file/FILE, in older versions with an underscore at the folder's end, without
folders with FILE behind that underscore; NUMBER is missing for who is in no group. Canvas: NAME_NUMBER_NUMBER_FILE, or
NAME_LATE_...; else a folder for each student. The archive is a stranger's: of its paths only the last name counts, and
nothing but notebooks is taken.
"""

import io
import re
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from os import utime
from pathlib import Path, PurePosixPath

from ..exercises import LESSONS
from ..faults import close_name
from ..text import Both, pick, readable

MOODLE = re.compile(r"(?P<student>.+?)(_(?P<number>\d+))?_assignsubmission_[a-z]+(_(?P<file>.*))?")
CANVAS = re.compile(r"(?P<student>[^_]+)(?:_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)")
NOTEBOOK, ARCHIVE = ".ipynb", ".zip"
OWN = "solutions/*/*/", "lessons/*/*/", "source/*/", "release/*/"  # where a teacher's own lessons may lie
LARGEST = 2**26  # bytes of one file
DAMAGED = zipfile.BadZipFile, zlib.error, EOFError
LOCKED = RuntimeError, NotImplementedError  # encrypted, or packed in a way that Python does not know
COUNTS = Both(
    es="{new} con entrega nueva, {same} sin cambios, en {folder}",
    en="{new} newly handed in, {same} unchanged, in {folder}",
)
KEPT = Both(
    es="ya había otra entrega, que quedó (--force la reemplaza)", en="had another, which stays (--force replaces)"
)
EMPTY = Both(es="sin ningún cuaderno", en="without any notebook")
NOBODYS = Both(es="no se sabe de quién son", en="nothing says whose they are")


class CannotCollect(Exception):
    """Nothing was collected; the message says why."""


@dataclass(frozen=True)
class File:
    """One that somebody handed in."""

    path: PurePosixPath  # in the archive
    content: bytes  # of notebooks and archives
    when: float  # seconds since 1970, as the archive says in whatever zone

    @property
    def kind(self) -> str:
        return self.path.suffix.lower()


@dataclass
class Collected:
    """What became of an archive's files."""

    new: list[str] = field(default_factory=list)  # students
    same: list[str] = field(default_factory=list)  # whose files were there already
    kept: list[str] = field(default_factory=list)  # who had handed in other files
    empty: list[str] = field(default_factory=list)  # who handed in no notebook
    nobodys: list[str] = field(default_factory=list)  # files

    def lines(self, submitted: Path, lang: str) -> Iterator[str]:
        """What a teacher is to know."""
        yield pick(COUNTS.format(new=len(self.new), same=len(self.same), folder=submitted), lang)
        for text, names in ((KEPT, self.kept), (EMPTY, self.empty), (NOBODYS, self.nobodys)):
            if names:
                yield f"{pick(text, lang)}: {', '.join(map(readable, names))}"


def check_lesson(lesson: str, root: Path) -> None:
    """Raises CannotCollect for what is no lesson: neither the course's, nor one that a teacher added in its folder."""
    added = {folder.name for pattern in OWN for folder in root.glob(pattern)}
    known = sorted({*LESSONS, *(name for name in added if not name.startswith("."))})
    if lesson not in known:
        near = close_name(lesson, known)
        hint = f"is it {near}?" if near else f"there are: {', '.join(known)}"
        raise CannotCollect(f"no lesson of the course or of {root.resolve()} is called {lesson}; {hint}")


def collect(source: Path, submitted: Path, lesson: str, force: bool = False) -> Collected:
    """Copies the notebooks of an archive, or of a folder like one, into submitted/STUDENT/LESSON/.

    Whoever has the name of somebody else is called NAME NUMBER, after the platform's number.
    force: replace what a student had handed in before. Raises CannotCollect.
    """
    found, theirs = Collected(), defaultdict[tuple[str, str], list[File]](list)
    for file in files(source, lesson):
        if known := owner(file.path):
            theirs[known].append(file)
        elif file.kind == NOTEBOOK:
            found.nobodys.append(str(file.path))
    if not theirs:
        raise CannotCollect(
            f"{source} names no student: folders of theirs are expected, or names as of Moodle or Canvas"
        )
    names = [name for name, _ in theirs]
    for (name, number), handed_in in sorted(theirs.items()):
        folder = place(name, number, names.count(name) == 1, submitted, lesson)
        by_time = sorted(unpacked(handed_in), key=lambda file: file.when)
        notebooks = {file.path.name: file for file in by_time}  # of one name the latest
        put(notebooks, folder, force, found)
        if number and folder.parent.name not in found.kept:
            note(folder).write_text(number, encoding="utf-8")
    return found


def place(name: str, number: str, alone: bool, submitted: Path, lesson: str) -> Path:
    """A student's folder: by the name alone if nobody else of the archive (`alone`) or of those before has it."""
    plain, numbered = submitted / name / lesson, submitted / f"{name} {number}" / lesson
    if number and numbered.is_dir():
        return numbered
    before = noted(plain)
    theirs = before == number if before and number else alone
    return plain if theirs else numbered


def noted(folder: Path) -> str:
    """The platform's number of the student whose submission it is; "" if there is none, or none was noted."""
    return note(folder).read_text(encoding="utf-8") if folder.is_dir() and note(folder).is_file() else ""


def note(folder: Path) -> Path:
    """Beside a submission, where nobody looks for one. Of each lesson: Moodle numbers students anew for each."""
    return folder.with_name(f".{folder.name}.number")


def put(notebooks: dict[str, File], folder: Path, force: bool, found: Collected) -> None:
    """Writes a student's files, unless others are there."""
    student, new = folder.parent.name, {name: file.content for name, file in notebooks.items()}
    before = {path.name: path.read_bytes() for path in folder.glob("*") if path.is_file()}
    if before and (before == new or not (force and new)):  # what was handed in goes only for something else
        (found.same if before == new else found.kept).append(student)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in before:
        (folder / name).unlink()
    for name, file in notebooks.items():
        (folder / name).write_bytes(file.content)
        utime(folder / name, (file.when, file.when))
    (found.new if notebooks else found.empty).append(student)


def owner(path: PurePosixPath) -> tuple[str, str] | None:
    """(name, number) of the student whose file it is, as the platform writes it; None where nothing says it."""
    if match := by_platform(path):
        return named(match["student"]), match["number"] or ""
    return (named(path.parts[0]), "") if len(path.parts) > 1 else None


def by_platform(path: PurePosixPath) -> re.Match | None:
    """What a platform has written before a file's name, or as its folder's."""
    first, *inside = path.parts
    return MOODLE.fullmatch(first) or (None if inside else CANVAS.fullmatch(first))


def named(student: str) -> str:
    """As a folder is called."""
    return student.strip().lstrip(".") or "_"


def files(source: Path, lesson: str) -> Iterator[File]:
    """All of an archive or a folder, without those that systems add. Raises CannotCollect."""
    try:
        there = list(in_folder(source) if source.is_dir() else in_archive(source.read_bytes()))
    except (OSError, zipfile.BadZipFile) as error:
        raise CannotCollect(f"{source} can't be read as a zip archive or a folder: {error}") from None
    around = is_around([file.path for file in there], lesson)
    for file in there:
        yield replace(file, path=PurePosixPath(*file.path.parts[1:])) if around else file


def is_around(paths: list[PurePosixPath], lesson: str) -> bool:
    """Whether one folder holds all students' folders, and is not that of the only student."""
    if len({path.parts[0] for path in paths}) != 1 or any(len(path.parts) < 3 for path in paths):
        return False
    return not MOODLE.fullmatch(paths[0].parts[0]) and all(path.parts[1] != lesson for path in paths)


def unpacked(handed_in: list[File]) -> Iterator[File]:
    """The notebooks among files, and in archives of them, by the names that the student gave them."""
    for file in handed_in:
        if file.kind == NOTEBOOK:
            match = by_platform(file.path) if len(file.path.parts) == 1 else None
            yield replace(file, path=PurePosixPath(match["file"])) if match else file
        elif file.kind == ARCHIVE:
            try:
                yield from [inner for inner in in_archive(file.content) if inner.kind == NOTEBOOK]
            except zipfile.BadZipFile:
                continue


def in_folder(folder: Path) -> Iterator[File]:
    """Raises OSError."""
    for path in sorted(folder.rglob("*")):
        inside = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and is_theirs(inside, path.stat().st_size):
            yield File(inside, path.read_bytes() if is_read(inside) else b"", path.stat().st_mtime)


def in_archive(content: bytes) -> Iterator[File]:
    """Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if not entry.is_dir() and is_theirs(path, entry.file_size):
                try:
                    data = archive.read(entry) if is_read(path) else b""
                except (*DAMAGED, *LOCKED):  # one student's, which is 0 with a reason where it is graded
                    data = b""
                yield File(path, data, time.mktime((*entry.date_time, 0, 0, -1)))


def is_read(path: PurePosixPath) -> bool:
    return path.suffix.lower() in (NOTEBOOK, ARCHIVE)


def is_theirs(path: PurePosixPath, size: int) -> bool:
    """Whether somebody handed it in: no system's file, nothing that points elsewhere."""
    odd = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return bool(path.name) and not odd and not path.is_absolute() and size <= LARGEST
