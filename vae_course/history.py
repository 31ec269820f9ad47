"""A training's history.csv, a row an epoch."""

import csv
from pathlib import Path

from .files import DamagedFile, first_sentence, replacing
from .training import TERMS

COLUMNS = ("epoch", "lr", *(f"{part}_{term}" for part in ("train", "val") for term in TERMS), "seconds")


def write_history(path: Path, history: list[dict[str, float]]) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(history)


def append_history(path: Path, row: dict[str, float]) -> None:
    with path.open("a", newline="") as file:
        csv.DictWriter(file, COLUMNS).writerow(row)


def read_history(path: Path) -> list[dict[str, float]]:
    """The rows of a history.csv; what was not measured in an epoch is left out of its row. Raises DamagedFile.

    Also as a spreadsheet may have saved it: a byte order mark, semicolons or tabs, and then commas in numbers.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        other = next((mark for mark in ";\t" if lines and mark in lines[0]), None)
        rows = csv.DictReader(lines, delimiter=other or ",")
        numbers = [{k: float(v.replace(",", ".") if other else v) for k, v in row.items() if v} for row in rows]
        history = [row for row in numbers if row]
        if not all("epoch" in row and "train_loss" in row for row in history):
            raise ValueError("a row has no epoch or no train_loss")
    except (ValueError, TypeError, AttributeError, csv.Error) as error:
        raise DamagedFile(f"{path} is not the table that a training writes ({first_sentence(error)})") from None
    return history
