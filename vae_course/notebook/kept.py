"""Where predictions are kept: `predictions.jsonl` beside the lessons' folders, a line for each thing that happened.

Lines are only ever added, so that two notebooks at once lose nothing, and a damaged line is only that line. Where the
file can't be written, what was said holds as long as the kernel runs; where nbgrader runs a notebook, no file is
touched.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..exercises import LESSONS
from ..predictions import PREDICTIONS, Prediction
from .reader import JUDGED

FILE = "predictions.jsonl"
_unwritten: list[dict] = []  # what could not be written, in this kernel


@dataclass
class Kept:
    """What was said last before the result was seen, and the result as it first was; None until then."""

    asked: Prediction
    said: float | str
    truth: float | str | None = None


def place() -> Path:
    """The file: beside the folder of the lesson that the notebook lies in, else beside the notebook. Raises OSError."""
    here = Path.cwd()
    return (here.parent if here.name in LESSONS else here) / FILE


def kept() -> dict[str, Kept]:
    """All that is kept, by name, in the order of the lessons."""
    found: dict[str, Kept] = {}
    for record in (*_written(), *_unwritten):
        asked = PREDICTIONS.get(str(record.get("name")))
        if asked is not None:
            _take(asked, record, found)
    return {name: found[name] for name in PREDICTIONS if name in found}


def keep(name: str, **what: float | str) -> bool:
    """Keep what was `said`, or the `truth`; whether it could be written (or, under nbgrader, must not be)."""
    record = {"name": name, **what}
    if not os.environ.get(JUDGED):
        try:
            with open(place(), "a", encoding="utf-8") as file:
                file.write(f"\n{json.dumps(record)}")  # on a line of its own, even after one that was cut short
            return True
        except OSError:
            pass
    _unwritten.append(record)
    return bool(os.environ.get(JUDGED))


def _written() -> Iterator[dict]:
    """The records of the file that can be read."""
    if os.environ.get(JUDGED):
        return
    try:
        lines = place().read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return
    for line in lines:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _take(asked: Prediction, record: dict, found: dict[str, Kept]) -> None:
    """Add a record to what was found: once the result is there, neither changes."""
    said, one = asked.read(record.get("said")), found.get(asked.name)
    if said is not None and (one is None or one.truth is None):
        found[asked.name] = Kept(asked, said)
    elif one is not None and one.truth is None and "truth" in record:
        one.truth = _truth(asked, record["truth"])


def _truth(asked: Prediction, truth) -> float | str | None:
    """A result that was kept; options may have several letters that hold. None if it is none."""
    if asked.options:
        return truth if isinstance(truth, str) and truth and set(truth) <= set(asked.options) else None
    return asked.read(truth)
