"""The program's text: a block for each lesson with the reader's cells as they are, and the program in its template."""

import io
import itertools
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ...exercises import EXERCISES, LESSONS, names
from ...text import Both, pick
from .. import along
from .read import Cell, Notebook

TEMPLATE = Path(__file__).with_name("my_vae.py.template")
WIDTH = 120
INDENT = " " * 4
COURSE = Both(es="Del curso, por ahora: {functions} ({reason})", en="The course's, for now: {functions} ({reason})")
WORDS = {
    "about": Both(
        es="Un VAE armado con las respuestas propias de las primeras nueve lecciones.\n\n"
        "python my_vae.py --data drawn --epochs 30 --out runs/drawn\n\n"
        "Cada lección es un bloque que corre como un módulo aparte, con nombres propios, como los tuvo su cuaderno.\n"
        "El programa, al final, toma de esos módulos lo que usa.\n",
        en="A VAE made of one's own answers to the first nine lessons.\n\n"
        "python my_vae.py --data drawn --epochs 30 --out runs/drawn\n\n"
        "Each lesson is a block that runs as a module of its own, with names of its own, as its notebook did. The\n"
        "program, at the end, takes what it uses from those modules.\n",
    ),
    "lost": Both(
        es="Falta vae_course: ejecutar este archivo desde la carpeta del curso, o instalar el curso.",
        en="vae_course is missing: run this file from the course's folder, or install the course.",
    ),
    "program": Both(es="El programa", en="The program"),
    "run": Both(
        es="Ejecuta los bloques de arriba, cada uno como un módulo: lesson_01, ..., lesson_09.",
        en="Runs the blocks above, each as a module: lesson_01, ..., lesson_09.",
    ),
    "z": Both(
        es="dimensión de z; si falta, la de la tabla DATA", en="dimension of z; by default that of the table DATA"
    ),
    "count": Both(es="solo las primeras tantas imágenes", en="only the first so many pictures"),
    "out": Both(es="carpeta de los resultados", en="folder for the results"),
    "resume": Both(es="seguir desde checkpoint.pt", en="go on from checkpoint.pt"),
    "download": Both(es="descargar las imágenes si faltan", en="download the pictures if missing"),
    "same": Both(es="lo que --resume no puede cambiar", en="what --resume can't change"),
    "begin": Both(
        es="Prepara la carpeta: sin láminas de una corrida anterior o, con --resume, si la corrida es la misma.",
        en="Prepares the folder: without sheets of an earlier run or, with --resume, if the run is the same.",
    ),
    "nothing": Both(
        es="En {out} no hay checkpoint.pt desde donde seguir.", en="{out} has no checkpoint.pt to go on from."
    ),
    "other": Both(
        es="La corrida de {out} se hizo con {name} = {before}: seguir con lo mismo, o usar otra carpeta (--out).",
        en="The run in {out} was made with {name} = {before}: go on with the same, or take another folder (--out).",
    ),
    "missing": Both(
        es="No se pudieron leer las imágenes de {options.data}. VAE_COURSE_DATA debe indicar la carpeta que las tiene; "
        "si faltan, --download las descarga, y --data drawn no necesita descarga.",
        en="The pictures of {options.data} could not be read. VAE_COURSE_DATA must name the folder that holds them; if "
        "they are missing, --download fetches them, and --data drawn needs no download.",
    ),
    "batches": Both(
        es="Bytes (N, H, W, C) en batches listos para la red, (n, C, H, W).",
        en="Bytes (N, H, W, C) in batches ready for the network, (n, C, H, W).",
    ),
    "sheet": Both(es="z decodificado, en una lámina.", en="z decoded, on one sheet."),
    "fitted": Both(
        es="n códigos de la gaussiana ajustada a los de estas imágenes.",
        en="n codes from the Gaussian fitted to those of these images.",
    ),
}
LESSON = Both(es="Lección {lesson}", en="Lesson {lesson}")
FUNCTIONS = {function: exercise for exercise in EXERCISES.values() for function in exercise.functions}


@dataclass(frozen=True)
class Part:
    """A piece of a section's block, and the answers that are lost if it does not run."""

    text: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A lesson's block: its answer cells, what they need of others, and the course's answers where one's own lack."""

    lesson: str
    parts: tuple[Part, ...]
    own: tuple[str, ...]  # exercises, in the notebook's order
    lost: dict[str, tuple[str, ...]]  # exercise -> names of other cells that its cell needs and that can't be taken

    @property
    def module(self) -> str:
        return module(self.lesson)


def module(lesson: str) -> str:
    """What a lesson's block is called while it runs: "03-sampling" -> "lesson_03"."""
    return f"lesson_{lesson[:2]}"


def section(notebook: Notebook, borrowed: dict[str, Both], lang: str) -> Section:
    """The block of a lesson's notebook when some of its exercises are borrowed from the course (exercise -> reason)."""
    cells = [cell for cell in notebook.cells if any(name not in borrowed for name in cell.exercises)]
    beside = {name for cell in cells for name in cell.exercises}
    own = tuple(name for cell in cells for name in cell.exercises if name not in borrowed)
    parts = _lent([name for name in names(notebook.lesson) if name not in beside], borrowed, lang)
    placed, lost = set[str](), dict[str, tuple[str, ...]]()
    for cell in cells:
        answers = tuple(name for name in cell.exercises if name in own)
        found, missed = _of_others(notebook, cells, cell)
        needed = [line for line in _earlier(notebook.lesson, [cell.source, *found]) + found if line not in placed]
        placed.update(needed)
        lost |= dict.fromkeys(answers, missed)
        parts += [Part(indented(one), answers) for one in needed]
        parts.append(Part(indented(cell.source), answers))
        parts += _lent([name for name in cell.exercises if name in borrowed], borrowed, lang)
    return Section(notebook.lesson, tuple(parts), own, lost)


def lent(exercises: Iterable[str]) -> str:
    """The import of the course's answers to exercises of one lesson, in a block."""
    exercises = list(exercises)
    functions = ", ".join(function for name in exercises for function in EXERCISES[name].functions)
    return f"{INDENT}from vae_course.{EXERCISES[exercises[0]].module} import {functions}"


def program(sections: Iterable[Section], lang: str) -> str:
    """The whole file, in one language."""
    blocks = "\n\n\n".join(_block(section, lang) for section in sections)
    words = {name: pick(text, lang) for name, text in WORDS.items()}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(words, lessons=blocks)


def indented(source: str) -> str:
    """A source one level deeper. Strings of several lines keep theirs as they are, but for docstrings."""
    kept = set(_lines_in_strings(source))
    lines = enumerate(source.splitlines(), start=1)
    return "\n".join(line if number in kept or not line.strip() else INDENT + line for number, line in lines)


def _lines_in_strings(source: str) -> Iterator[int]:
    """Numbers of the lines that begin inside a string which is more than a statement of its own."""
    strings = (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))  # the latter since Python 3.12
    layout = (tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.ENCODING)
    tokens = (
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in (tokenize.NL, tokenize.COMMENT)
    )
    before = tokenize.NEWLINE
    for token in tokens:
        if token.type in strings and before not in layout:
            yield from range(token.start[0] + 1, token.end[0] + 1)
        before = token.type


def _block(section: Section, lang: str) -> str:
    title = pick(LESSON.format(lesson=section.lesson), lang)
    text = f'# {title}\nif __name__ == "{section.module}":\n'
    for part, after in itertools.zip_longest(section.parts, section.parts[1:]):
        close = after and "\n" not in part.text + after.text  # imports and constants
        text += part.text + ("\n" if close else "\n\n")
    return text.rstrip("\n")


def _of_others(notebook: Notebook, cells: list[Cell], cell: Cell) -> tuple[list[str], tuple[str, ...]]:
    """(what a cell needs of those that are not in the block, the names in vain); the nearest above it comes first."""
    here = notebook.cells.index(cell)
    around = [*notebook.cells[here + 1 :], *notebook.cells[:here]]
    others = along.statements(one.source for one in around if one not in cells)
    there = frozenset().union(*(along.binds(one.source) for one in cells))
    found, lost = along.taken(cell.source, others, there)
    return [statement.text for statement in found], tuple(sorted(lost))


def _earlier(lesson: str, sources: list[str]) -> list[str]:
    """Imports of the reader's answers to earlier lessons that these sources use."""
    used = {name for source in sources for name in along.reads(source) if name in FUNCTIONS}
    lines = []
    for earlier in LESSONS[: LESSONS.index(lesson)]:
        lines += [f"from {module(earlier)} import {name}" for name in sorted(used) if FUNCTIONS[name].lesson == earlier]
    return lines


def _lent(exercises: list[str], borrowed: dict[str, Both], lang: str) -> list[Part]:
    """Imports of the course's answers, those with one reason together, under a comment that tells it."""
    parts = []
    for reason in dict.fromkeys(borrowed[name] for name in exercises):
        alike = [name for name in exercises if borrowed[name] == reason]
        functions = ", ".join(function for name in alike for function in EXERCISES[name].functions)
        comment = pick(COURSE.format(functions=functions, reason=reason), lang)
        lines = textwrap.wrap(comment, WIDTH, initial_indent=f"{INDENT}# ", subsequent_indent=f"{INDENT}# ")
        parts.append(Part("\n".join([*lines, lent(alike)])))
    return parts
