"""The cells of a lesson and the pieces of a submission: what each is for, and which are parts of a merged cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from nbformat import NotebookNode

from ..cells import tree
from ..confined.contents import defined, is_text, plain, same, unfenced


@dataclass(frozen=True, eq=False)
class Ours:
    """A released cell."""

    cell: NotebookNode

    @property
    def marks(self) -> dict:
        """nbgrader's."""
        return self.cell.metadata.get("nbgrader", {})

    @property
    def grade_id(self) -> str | None:
        return self.marks.get("grade_id")

    @cached_property
    def role(self) -> str:
        """ "answer", "question", "check", "start", or "lesson" for what nbgrader knows nothing of."""
        if not self.marks:
            return "lesson"
        if self.marks["solution"]:
            return "answer" if self.cell.cell_type == "code" else "question"
        return "check" if self.marks["grade"] else "start"

    @property
    def is_text(self) -> bool:
        return self.cell.cell_type == "markdown"

    @property
    def is_setup(self) -> bool:
        return "setup" in self.cell.metadata.get("tags", [])

    @property
    def is_executed(self) -> bool:
        """Whether it runs when answers are graded (referee.py)."""
        return self.role == "answer" or self.is_setup

    @property
    def locked(self) -> bool:
        return self.role in ("check", "start")

    @cached_property
    def text(self) -> str:
        return plain(self.cell.source)

    @cached_property
    def functions(self) -> set[str]:
        """What an answer has to define."""
        return defined(self.cell.source) if self.role == "answer" else set()

    @property
    def title(self) -> str:
        """How repairs call it: by its first line, an answer by its name."""
        first = self.text.partition("\n")[0].lstrip("# ").removeprefix("@title ")
        return self.grade_id or self.cell.id if self.role in ("answer", "lesson") else first

    @cached_property
    def sign(self) -> re.Pattern | None:
        """What shows that a cell holds this one: all of its text, of a question the heading, of a check the call."""
        if self.role == "answer" or not self.text:
            return None
        if self.role == "check":
            names = re.escape(self.text.removeprefix('check("').removesuffix('")'))
            return re.compile(rf"""^check\(\s*["']{names}["']\s*\)[^\S\n]*(?:#.*)?$""", re.MULTILINE)
        text = self.text.partition("\n")[0] if self.role == "question" else self.text
        return re.compile(rf"^{re.escape(text)}$", re.MULTILINE)

    def is_kept_in(self, piece: "Piece") -> bool:
        """Whether a cell is this one, by what nbgrader noted, by its id or by its text."""
        known = piece.marks.get("grade_id")
        return known == self.grade_id if known else piece.id == self.cell.id or same(piece.source, self.text)


@dataclass(eq=False)
class Piece:
    """A cell of a submission, or a part of one that was merged from several."""

    kind: str
    source: str
    id: str
    marks: dict = field(default_factory=dict)  # nbgrader's
    attachments: dict = field(default_factory=dict)
    ours: int | None = None  # which of ours it is; None: one that the student added
    place: tuple[int, float] | None = None  # where it goes, if not where it stands

    @property
    def code(self) -> str:
        return self.source if self.kind == "code" else unfenced(self.source)

    @property
    def where(self) -> float:
        """Among ours."""
        return self.place[0] if self.place else self.ours or 0

    @property
    def pictures(self) -> dict:
        """Those of its pasted pictures that it shows."""
        return {name: one for name, one in self.attachments.items() if f"attachment:{name}" in self.source}

    @property
    def gives_code(self) -> bool:
        """Whether an exercise may be answered here."""
        return self.kind == "code" or tree(self.code) is not None

    @property
    def gives_text(self) -> bool:
        """Whether a question may be answered here."""
        return is_text(self.kind, self.source)


def joined(pieces: list[Piece]) -> tuple[str, dict]:
    """Texts one below the other, and their pictures, each under a name of its own."""
    sources, pictures = [], dict[str, dict]()
    for number, piece in enumerate(pieces):
        source = piece.source.strip()
        for name, picture in piece.pictures.items():
            own = f"{number}-{name}" if name in pictures else name
            source = source.replace(f"attachment:{name}", f"attachment:{own}")
            pictures[own] = picture
        sources.append(source)
    return "\n\n".join(sources), pictures


def apart(pieces: list[Piece], ours: list[Ours]) -> tuple[list[Piece], list[int]]:
    """Cells of ours that were merged are pieces again, and a locked one among other code is one of its own.

    -> the pieces, the numbers of ours that were found so
    """
    missing = [n for n, one in enumerate(ours) if not any(one.is_kept_in(piece) for piece in pieces)]
    parts, found = [], []
    for piece in pieces:
        own = next((n for n, one in enumerate(ours) if one.is_kept_in(piece)), None)
        cuts = _cuts(piece.source, ours, missing if own is None or not ours[own].locked else [*missing, own])
        if cuts and own is not None:
            cuts = _cuts(piece.source, ours, {*missing, own})
        if _is_one_cell(piece, ours, cuts, own):
            parts.append(piece)
        else:
            parts += _parts(piece, ours, cuts, own)
            found += [n for *_, n in cuts]
    return parts, found


def _cuts(source: str, ours: list[Ours], numbers: Iterable[int]) -> list[tuple[int, int, int]]:
    """Where in a source some of ours begin and end, in order, none inside another: (start, end, number)."""
    hits = [(n, sign.search(source)) for n in numbers if (sign := ours[n].sign)]
    cuts: list[tuple[int, int, int]] = []
    for start, end, n in sorted(
        ((hit.start(), hit.end(), n) for n, hit in hits if hit), key=lambda cut: (cut[0], -cut[1])
    ):
        if not cuts or start >= cuts[-1][1]:
            cuts.append((start, end, n))
    until = [start for start, *_ in [*cuts, (len(source),)]][1:]  # a question has its answer below its heading
    return [(a, last if ours[n].role == "question" else b, n) for (a, b, n), last in zip(cuts, until, strict=True)]


def _is_one_cell(piece: Piece, ours: list[Ours], cuts: list[tuple[int, int, int]], own: int | None) -> bool:
    """Whether a cell is none of ours, one alone, or one of the lesson's to which a student added something."""
    if len(cuts) != 1:
        return not cuts
    start, end, n = cuts[0]
    alone = not (piece.source[:start] + piece.source[end:]).strip()
    return alone or (ours[n].role == "lesson" and own in (None, n))


def _parts(piece: Piece, ours: list[Ours], cuts: list[tuple[int, int, int]], own: int | None) -> list[Piece]:
    """A cell cut into ours and what stands between; the first of that stays the cell it was, if it is none of ours."""
    ids, marks = [piece.id], piece.marks
    if own in {n for *_, n in cuts}:
        ids, marks = [], {}
    parts: list[Piece] = []
    end = 0
    for start, stop, n in [*cuts, (len(piece.source), len(piece.source), -1)]:
        if between := piece.source[end:start].strip("\n"):
            name = ids.pop() if ids else f"{piece.id}-{len(parts)}"
            parts.append(Piece(piece.kind, between, name, marks, piece.attachments))
            marks = {}
        if n >= 0:
            known = {"grade_id": ours[n].grade_id} if ours[n].grade_id else {}
            source = piece.source[start:stop].strip("\n")
            parts.append(Piece(ours[n].cell.cell_type, source, ours[n].cell.id, known, piece.attachments))
        end = stop
    return parts
