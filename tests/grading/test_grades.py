"""What `nbgrader export` writes is read by programs and by every Excel, and says which marks are not final."""

import csv
import zipfile
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from helpers.grading import ROOT
from nbgrader.api import Gradebook
from traitlets.config import PyFileConfigLoader

from vae_course.grading.grades import Grades

LESSON = "03-sampling"
PARTS = "sharedStrings", "worksheets/sheet1"
IN_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def export(tmp_path):
    """export(name, ...) -> what two students have, one of whom handed in a written answer that nobody has read."""
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        book.add_assignment(LESSON)
        book.add_notebook(LESSON, LESSON)
        for name, most in (("drawn", 8.0), ("why", 3.0)):
            book.add_grade_cell(name, LESSON, LESSON, max_score=most, cell_type="code")
        book.add_student("ana", first_name="Ana María", last_name="Núñez, de")
        book.add_student("=1+1", first_name='"x"')
        with book.db.no_autoflush:  # else SQLAlchemy warns of rows that nbgrader adds a moment later
            book.add_submission(LESSON, "ana", timestamp=datetime(2027, 3, 1, 22, 15))
        drawn, why = (book.find_grade(name, LESSON, LESSON, "ana") for name in ("drawn", "why"))
        drawn.auto_score, drawn.needs_manual_grade, why.needs_manual_grade = 6.5, False, True
        book.find_submission_notebook(LESSON, LESSON, "ana").late_submission_penalty = 1.0
        book.db.commit()

        def of(name, **only):
            Grades(to=str(tmp_path / name), **only).export(book)
            return tmp_path / name

        yield of


def test_csv(export):
    with export("grades.csv").open(encoding="utf-8", newline="") as file:
        nobody, ana = sorted(csv.DictReader(file), key=lambda row: row["student_id"])
    assert (ana["last_name"], ana["first_name"], ana["timestamp"]) == ("Núñez, de", "Ana María", "2027-03-01 22:15:00")
    points = [ana[key] for key in ("raw_score", "late_submission_penalty", "score", "max_score", "waiting")]
    assert points == ["6.5", "1.0", "5.5", "11.0", "3.0"]
    assert (nobody["student_id"], nobody["timestamp"], nobody["score"]) == ("=1+1", "", "0.0")


def sheet(file):
    """Rows of a workbook's sheet, by column's letter: texts, numbers; a formula would be neither."""
    with zipfile.ZipFile(file) as book:
        texts, rows = (ElementTree.fromstring(book.read(f"xl/{name}.xml")) for name in PARTS)
    shared = ["".join(text.itertext()) for text in texts.iter(f"{IN_SHEET}si")]
    for row in rows.iter(f"{IN_SHEET}row"):
        assert row.find(f".//{IN_SHEET}f") is None
        cells = {cell.get("r").rstrip("0123456789"): cell for cell in row if len(cell)}
        found = {letter: cell.findtext(f"{IN_SHEET}v") for letter, cell in cells.items()}
        yield {k: shared[int(v)] if cells[k].get("t") == "s" else float(v) for k, v in found.items()}


@pytest.mark.slow
def test_a_workbook(export):
    heads, *rows = sheet(export("grades.xlsx"))
    ana, nobody = ({heads[letter]: value for letter, value in row.items()} for row in rows)
    if ana["estudiante"] != "ana":
        ana, nobody = nobody, ana
    assert (ana["nota"], ana["puntos que esperan nota"], ana["de"], nobody["nota"]) == (5.5, 3.0, 11.0, 0.0)
    handed_in = datetime(1899, 12, 30) + timedelta(ana["entrega (UTC)"])
    assert abs(handed_in - datetime(2027, 3, 1, 22, 15)) < timedelta(seconds=1)
    assert (ana["nombre"], ana["apellido"], nobody["estudiante"]) == ("Ana María", "Núñez, de", "=1+1")


@pytest.mark.slow
def test_only_those_asked_for(export):
    lines = export("grades.csv", student=["ana"]).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and "ana" in lines[1]
    assert len(export("grades.csv", assignment=["04-loss"]).read_text(encoding="utf-8").splitlines()) == 1


def test_nbgraders_command_exports_so():
    assert PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config().ExportApp.plugin_class is Grades
