"""A submission rebuilt from the notebook that was released: our cells in our order, and in them what the student wrote.

Pure functions on notebooks; nothing is run. Locked cells are the original ones. Of cells that may be edited (answers,
questions, the lesson's other cells) the student's sources are taken; cells that the student added stay where they stand
among ours. Ours are recognised by what nbgrader noted in them, else by their text, their id, what they check, their
heading, what they define, or by likeness to one that is missing there.
"""

from collections.abc import Callable
from copy import deepcopy
from difflib import SequenceMatcher
from itertools import accumulate

from nbformat import NotebookNode

from ..confined.contents import GIVEN, answered, definitions, names, plain, same, unanswered, with_pictures
from ..text import Both, pick
from .pieces import Ours, Piece, apart, joined
from .repairs import ABOVE, LOOK, REPAIRS
from .submission import NEW, START

ALIKE = 0.6  # difflib's ratio from which on an edited cell is one of ours
HEAD = "repairs"  # the id of the cell that tells of repairs in feedback (gradebook.py)
BEFORE, HERE, AFTER = -1, 0, 1  # of a cell of ours


def normalized(submitted: NotebookNode, released: NotebookNode) -> tuple[NotebookNode, list[Both]]:
    """The released notebook with what a student wrote, and what had to be repaired for that, a sentence each.

    submitted: as submission.read gives it; stays as it is. released: in its language.
    """
    rebuilding = Rebuilding(submitted, released)
    rebuilding.recognise()
    rebuilding.settle()
    return rebuilding.notebook(), rebuilding.repairs()


class Rebuilding:
    """One submission on its way: the pieces it consists of, in its order, and what was repaired."""

    def __init__(self, submitted: NotebookNode, released: NotebookNode):
        self.released, self.lang = released, released.metadata.vae_course.lang
        self.ours = [Ours(cell) for cell in released.cells]
        self.notes: dict[str, list[str]] = {kind: [] for kind in REPAIRS}
        cells = [self.piece(cell) for cell in submitted.cells if cell.id != HEAD]
        self.pieces, merged = apart(cells, self.ours)
        self.merged, self.restored = merged, 0  # numbers of ours; how many of the lesson's cells
        for number in merged:
            self.note("merged", number)

    def piece(self, cell: NotebookNode) -> Piece:
        source, attachments = cell.source, dict[str, dict]()
        if cell.cell_type != "code":
            source, attachments, lost = with_pictures(source, cell.get("attachments", {}))
            self.notes["pictures"] += lost
        return Piece(cell.cell_type, source, cell.id, cell.metadata.get("nbgrader", {}), attachments)

    def note(self, kind: str, number: int) -> None:
        ours = self.ours[number]
        if ours.role != "lesson" and ours.title not in self.notes[kind]:
            self.notes[kind].append(ours.title)

    def repairs(self) -> list[Both]:
        told = {kind: ", ".join(cells) for kind, cells in self.notes.items() if cells}
        if self.restored:
            told["lesson"] = str(self.restored)
        return [Both(*(f"{text}: {cells}." for text in REPAIRS[kind])) for kind, cells in told.items()]

    # ---------------------------------------------------------------------------------------------- which cell is which

    def recognise(self) -> None:
        """Says of each piece which of ours it is, by the surest sign first."""
        grade_ids = {ours.grade_id: n for n, ours in enumerate(self.ours) if ours.grade_id}
        for piece in self.pieces:
            piece.ours = grade_ids.get(piece.marks.get("grade_id", ""))
        for sign in (self.by_text, self.by_id, self.by_sign):
            self.recognise_by(sign)
        texts = {ours.text for ours in self.ours}
        self.pieces = [p for p in self.pieces if p.ours is not None or p.kind == "code" or plain(p.source) not in texts]
        self.gaps = self.between()
        self.recognise_by(self.by_likeness)
        for n in self.out_of_order():
            self.note("moved", n)

    def recognise_by(self, sign: Callable[[Piece, int], bool]) -> None:
        free = set(range(len(self.ours))) - {piece.ours for piece in self.pieces}
        for piece in self.pieces:
            if piece.ours is None:
                piece.ours = next((n for n in sorted(free) if sign(piece, n)), None)
                if piece.ours is not None:
                    free.remove(piece.ours)
                    self.note("recognised", piece.ours)

    def by_text(self, piece: Piece, number: int) -> bool:
        return same(piece.source, self.ours[number].text)

    def by_id(self, piece: Piece, number: int) -> bool:
        return piece.id == self.ours[number].cell.id

    def by_sign(self, piece: Piece, number: int) -> bool:
        ours = self.ours[number]
        if ours.role == "start":
            return START.search(piece.source) is not None
        return ours.role != "lesson" and ours.sign is not None and bool(ours.sign.match(plain(piece.source)))

    def by_likeness(self, piece: Piece, number: int) -> bool:
        """Only between its neighbours' places, and never of an answer, which is known by what it defines."""
        ours, (left, right) = self.ours[number], self.gaps[piece]
        if ours.role not in ("lesson", "question") or not left < number < right:
            return False
        if ours.role == "lesson" and piece.kind != ours.cell.cell_type:
            return False
        text = piece.source[: len(ours.text)] if ours.role == "question" else piece.source
        alike = SequenceMatcher(None, text, ours.text, autojunk=False)
        return all(ratio() >= ALIKE for ratio in (alike.real_quick_ratio, alike.quick_ratio, alike.ratio))

    def between(self) -> dict[Piece, tuple[int, int]]:
        """Of each piece, which of ours come before and after it in the submission."""
        standing = [piece.ours if piece.place is None else None for piece in self.pieces]
        lefts = accumulate(standing, lambda last, n: last if n is None else n, initial=-1)
        rights = accumulate(reversed(standing), lambda last, n: last if n is None else n, initial=len(self.ours))
        return dict(zip(self.pieces, zip(lefts, reversed([*rights][:-1]), strict=False), strict=True))

    def out_of_order(self) -> list[int]:
        order = list(dict.fromkeys(p.ours for p in self.pieces if p.ours is not None))
        blocks = SequenceMatcher(None, order, sorted(order), autojunk=False).get_matching_blocks()
        kept = {n for block in blocks for n in order[block.a : block.a + block.size]}
        return [n for n in order if n not in kept and n not in self.merged]

    # -------------------------------------------------------------------------------------- what counts as which answer

    def settle(self) -> None:
        """Leaves at most one piece for each of ours; answers and questions get theirs from where they were written."""
        for role, settled in (
            ("start", self.settle_locked),
            ("check", self.settle_locked),
            ("answer", self.settle_answer),
            ("question", self.settle_question),
            ("lesson", self.settle_lesson),
        ):
            for number, ours in enumerate(self.ours):
                if ours.role == role:
                    settled(number, self.found(number))

    def found(self, number: int) -> list[Piece]:
        """The pieces that are this one of ours; tells what is unusual about them."""
        ours, pieces = self.ours[number], [piece for piece in self.pieces if piece.ours == number]
        watched = {"grade", "solution", "locked", "points"}
        if len(pieces) > 1:
            self.note("copies", number)
        if any(piece.kind != ours.cell.cell_type for piece in pieces):
            self.note("kind", number)
        if any(piece.marks[key] != ours.marks.get(key) for piece in pieces for key in watched & piece.marks.keys()):
            self.note("marks", number)
        return pieces

    def keep(self, kept: Piece | None, pieces: list[Piece]) -> None:
        """Of several pieces for one of ours one stays it; others are the student's own, or go if they say nothing."""
        for piece in pieces:
            if piece is not kept and piece.ours is not None:
                ours, piece.ours = self.ours[piece.ours], None
                if ours.locked or (
                    unanswered(piece.code, ours.text) if ours.role == "answer" else same(piece.source, ours.text)
                ):
                    self.pieces.remove(piece)

    def settle_locked(self, number: int, pieces: list[Piece]) -> None:
        """The original counts; an answer that was written into its cell is a cell that was added."""
        answers = {name for ours in self.ours for name in ours.functions}
        for piece in pieces:
            if not same(piece.source, self.ours[number].text):
                self.note("changed", number)
                written = answered(piece.code)
                if written & answers or (written and self.ours[number].role == "check"):
                    piece.ours = None
        if not pieces:
            self.note("missing", number)
        self.keep(next((piece for piece in reversed(pieces) if piece.ours == number), None), pieces)

    def settle_answer(self, number: int, pieces: list[Piece]) -> None:
        """The last answer before the check counts, wherever it was written; no stub comes after it."""
        wanted, stub = self.ours[number].functions, self.ours[number].text
        full = [piece for piece in pieces if not unanswered(piece.code, stub)]
        chosen = self.last([p for p in full if wanted & answered(p.code, stub)] or full or pieces, number)
        self.keep(chosen, pieces)
        unwritten = wanted - (answered(chosen.code, stub) if chosen else set())
        givers = self.givers(number, unwritten)
        if chosen in full:
            for giver in set(givers) - set(self.pieces[: self.check(number)]):
                giver.place = (number, AFTER)
        elif givers:
            self.take_code(number, chosen, givers)
        elif other := self.elsewhere(number, unwritten):
            above = pick(ABOVE, self.lang).format(names=", ".join(sorted(wanted)))
            self.take(number, chosen, above if other.where < number else other.code)
        elif chosen is None:
            self.note("missing", number)
        self.settle_helpers(number)

    def settle_helpers(self, number: int) -> None:
        """What an answer uses comes before it, where only added cells below its check or cells not run define it."""
        answer = next((piece for piece in self.pieces if piece.ours == number), None)
        known = {name for ours in self.ours[:number] if ours.is_executed for name in names(ours.cell.source)[0]}
        needed = set(names(answer.code)[1]) - known.union(GIVEN) if answer else set()
        idle = {p for p in self.pieces if p.ours is not None and not self.ours[p.ours].is_executed}
        above = self.pieces[: self.check(number)]
        known |= {name for piece in above if piece not in idle for name in names(piece.code)[0]}
        below = [p for p in self.pieces[self.check(number) :] if p.ours is None and p.place is None]
        while giver := next((piece for piece in reversed(below) if (needed - known) & names(piece.code)[0]), None):
            giver.place = (number, BEFORE)
            below.remove(giver)
            known |= names(giver.code)[0]
            needed |= names(giver.code)[1]
            self.note("helpers", number)
        if copied := definitions([p.code for p in self.pieces if p in idle and p.kind == "code"], needed - known):
            self.pieces.append(Piece("code", copied, f"used-by-{self.ours[number].cell.id}", place=(number, BEFORE)))
            self.note("copied", number)

    def last(self, pieces: list[Piece], number: int) -> Piece | None:
        """The last of some pieces that stands before the check of an answer, else the last."""
        early = set(self.pieces[: self.check(number)])
        return next(reversed([piece for piece in pieces if piece in early] or pieces), None)

    def check(self, number: int) -> int:
        """Where the check of an answer, the cell after it, stands in the submission."""
        return next((k for k, piece in enumerate(self.pieces) if piece.ours == number + 1), len(self.pieces))

    def givers(self, number: int, wanted: set[str]) -> list[Piece]:
        """The added cells that define these names, the last for each of them, in order."""
        added, stub = [p for p in self.pieces if p.ours is None and p.place is None], self.ours[number].text
        written = {piece: answered(piece.code, stub) for piece in added if piece.gives_code}
        chosen = {self.last([piece for piece in written if name in written[piece]], number) for name in wanted}
        return [piece for piece in added if piece in chosen]

    def elsewhere(self, number: int, wanted: set[str]) -> Piece | None:
        """The last of the cells that have their place already in which a student defines one of these names."""
        ours = [p for p in self.pieces if p.ours not in (None, number) and not same(p.code, self.ours[p.ours].text)]
        moved = [p for p in self.pieces if p.ours is None and p.place]
        giving = [p for p in ours + moved if p.gives_code and wanted & answered(p.code, self.ours[number].text)]
        return max(giving, key=lambda piece: piece.where, default=None)

    def take_code(self, number: int, chosen: Piece | None, givers: list[Piece]) -> None:
        """The answer from added cells: the last takes the answer's place, others stand before it."""
        *others, giver = givers
        for other in others:
            other.place = (number, BEFORE)
        left, right = self.between()[giver]
        if chosen is None and left < number < right:
            giver.ours = number
            self.note("recognised", number)
            self.found(number)
        else:
            self.take(number, chosen, giver.code)
            self.pieces.remove(giver)

    def take(self, number: int, chosen: Piece | None, source: str, kind: str = "elsewhere") -> Piece:
        """A text for an answer or a question; its cell comes back where it is missing."""
        cell = self.ours[number].cell
        if chosen is None:
            chosen = Piece(cell.cell_type, "", cell.id, ours=number, place=(number, HERE))
            self.pieces.append(chosen)
        if chosen.source != source:
            self.note(kind, number)
        chosen.kind, chosen.source = cell.cell_type, source
        return chosen

    def settle_question(self, number: int, pieces: list[Piece]) -> None:
        """An answer in a cell below the question joins it; where one may be elsewhere, the teacher is to look."""
        source = self.ours[number].cell.source.rstrip()
        touched = [piece for piece in pieces if not same(piece.source, source)]
        chosen = next(reversed(touched or pieces), None)
        self.keep(chosen, pieces)
        if touched:
            return
        if texts := self.texts_below(number):
            prompt = source.rpartition("\n")[0].rstrip()  # without the line that says where to write
            words, attachments = joined(texts)
            chosen = self.take(number, chosen, f"{prompt}\n\n{words}")
            chosen.attachments = attachments
            self.pieces = [piece for piece in self.pieces if piece not in texts]
        elif self.text_elsewhere():
            self.take(number, chosen, f"{source}\n\n{pick(LOOK, self.lang)}", "perhaps")
        elif chosen is None:
            self.note("missing", number)

    def texts_below(self, number: int) -> list[Piece]:
        """The added texts between a question, or where it was, and what comes next; later questions get theirs."""
        added = [piece for piece in self.pieces if piece.ours is None and piece.place is None and piece.gives_text]
        gaps = self.between()
        texts = [piece for piece in added if gaps[piece][0] <= number < gaps[piece][1]]
        if not texts:
            return []
        right = gaps[texts[0]][1]
        there = {piece.ours for piece in self.pieces}
        later = [n for n in range(number + 1, right) if self.ours[n].role == "question" and n not in there]
        return texts[: max(1, len(texts) - len(later))]

    def text_elsewhere(self) -> bool:
        """Whether there are words in an added cell, one above all of ours excepted, or in a text of the lesson."""
        first = next((k for k, piece in enumerate(self.pieces) if piece.ours is not None), 0)
        added = any(piece.ours is None and piece.gives_text for piece in self.pieces[first:])
        texts = {n: ours.text for n, ours in enumerate(self.ours) if ours.role == "lesson" and ours.is_text}
        return added or any(not same(piece.source, texts[piece.ours]) for piece in self.pieces if piece.ours in texts)

    def settle_lesson(self, number: int, pieces: list[Piece]) -> None:
        """Imports that answers lean on are there, whatever became of their cell."""
        self.restored += not pieces
        needed = self.ours[number].text.splitlines() if self.ours[number].is_setup else []
        for piece in pieces:
            if set(needed) - set(plain(piece.code).splitlines()):
                piece.ours, piece.place = None, (number, AFTER)

    # ------------------------------------------------------------------------------------------------------- the result

    def notebook(self) -> NotebookNode:
        settled = {piece.ours: piece for piece in self.pieces if piece.ours is not None}
        cells = [((n, HERE, 0), self.cell(ours, settled.get(n))) for n, ours in enumerate(self.ours)]
        ids, anchor = {cell.id for _, cell in cells}, -1
        for k, piece in enumerate(self.pieces):
            if piece.ours is None:
                cells.append(((*(piece.place or (anchor, AFTER)), k), self.added(piece, ids)))
            elif piece.place is None:
                anchor = piece.ours
        notebook = deepcopy(self.released)
        notebook.cells = [cell for _, cell in sorted(cells, key=lambda one: one[0])]
        return notebook

    @staticmethod
    def cell(ours: Ours, piece: Piece | None) -> NotebookNode:
        """A cell of ours with what the student wrote, where that may be."""
        cell = deepcopy(ours.cell)
        if piece and not ours.locked:
            source = piece.code if cell.cell_type == "code" else piece.source
            if not same(source, ours.text):
                cell.source = source
                if cell.cell_type == "markdown" and piece.pictures:
                    cell.attachments = piece.pictures
        return cell

    @staticmethod
    def added(piece: Piece, ids: set[str]) -> NotebookNode:
        """A cell of the student's own, with an id that no other cell has."""
        names = (piece.id, *(f"{piece.id[:56]}-{k}" for k in range(1, len(ids) + 2)))
        cell = NEW[piece.kind](source=piece.source, id=next(name for name in names if name not in ids))
        ids.add(cell.id)
        if piece.kind != "code" and piece.pictures:
            cell.attachments = piece.pictures
        return cell
