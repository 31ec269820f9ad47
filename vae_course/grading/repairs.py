"""What is said of a submission that had to be repaired (normalize.py), and what stands in its cells instead."""

import re

from ..text import Both

REPAIRS = {
    "recognised": Both(
        es="Perdieron los datos que usa la corrección; se reconocieron por su contenido",
        en="The data that grading uses were lost; recognised by what is in them",
    ),
    "changed": Both(
        es="Estaban bloqueadas y cambiaron; vale el original",
        en="Locked, but changed; the original counts",
    ),
    "missing": Both(
        es="Faltaban y están de vuelta",
        en="Missing, and put back",
    ),
    "lesson": Both(
        es="Otras celdas de la lección que faltaban y están de vuelta",
        en="Other cells of the lesson that were missing, and put back",
    ),
    "marks": Both(
        es="Tenían otros puntos o permisos; valen los del curso",
        en="Had other points or locks; the course's count",
    ),
    "kind": Both(
        es="Pasaron de código a texto, o al revés; se corrigieron como lo que eran",
        en="Turned from code to text, or back; graded as what they were",
    ),
    "moved": Both(
        es="Estaban en otro lugar y volvieron al suyo",
        en="Out of place, and moved back",
    ),
    "copies": Both(
        es="Estaban más de una vez; cuenta la última con respuesta",
        en="There more than once; the last with an answer counts",
    ),
    "merged": Both(
        es="Estaban unidas a otra celda y se separaron",
        en="Merged with another cell, and taken apart",
    ),
    "elsewhere": Both(
        es="La respuesta estaba en otra celda y se tomó de ahí",
        en="Answered in another cell, and taken from there",
    ),
    "helpers": Both(
        es="Usan algo que estaba definido después de la revisión y se puso antes",
        en="Use what was defined after the check, and was put before",
    ),
    "copied": Both(
        es="Usan algo que define una celda de la lección y se copió para corregir",
        en="Use what a cell of the lesson defines, which was copied to grade them",
    ),
    "perhaps": Both(
        es="En blanco, pero hay texto en otras celdas; decide quien enseña",
        en="Blank, but there is text in other cells; the teacher decides",
    ),
    "pictures": Both(
        es="Imágenes pegadas que el archivo no trae",
        en="Pasted pictures that the file does not hold",
    ),
}
ABOVE = Both(es="# {names}: en otra celda, más arriba", en="# {names}: in another cell, further up")
LOOK = Both(
    es="*(Sin respuesta aquí; puede estar en otra celda del cuaderno.)*",
    en="*(No answer here; it may be in another cell of the notebook.)*",
)


def as_words(text: str) -> str:
    """A text of one line in which nothing is Markdown or HTML."""
    return re.sub(r"[^\w\s.,;:()-]", lambda sign: f"&#{ord(sign[0])};", " ".join(text.split())).replace("_", "&#95;")
