"""`nbgrader export`: everybody's marks as CSV, or as a workbook where --to ends in .xlsx, which every Excel reads.

nbgrader's own columns, and `waiting`: the points of answers that a teacher has yet to look at, without which a mark is
not final.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin
from traitlets.config import Config

from ..text import Both, default_language, pick

Value = str | float | datetime | None

COLUMNS = {  # nbgrader's name -> what a workbook calls it
    "assignment": Both(es="lección", en="lesson"),
    "duedate": Both(es="plazo", en="due"),
    "timestamp": Both(es="entrega (UTC)", en="handed in (UTC)"),
    "student_id": Both(es="estudiante", en="student"),
    "last_name": Both(es="apellido", en="last name"),
    "first_name": Both(es="nombre", en="first name"),
    "email": Both(es="correo", en="e-mail"),
    "raw_score": Both(es="puntos", en="points"),
    "late_submission_penalty": Both(es="descuento por entrega tardía", en="late penalty"),
    "score": Both(es="nota", en="mark"),
    "max_score": Both(es="de", en="of"),
    "waiting": Both(es="puntos que esperan nota", en="points not yet graded"),
}
SHEET = Both(es="notas", en="marks")


def plug_in(config: Config) -> None:
    """Make nbgrader export so."""
    config.ExportApp.plugin_class = Grades


class Grades(ExportPlugin):
    """A row for each student and lesson."""

    def export(self, gradebook: Gradebook) -> None:
        to = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", to)
        rows = list(self._rows(gradebook))
        if to.suffix.lower() == ".xlsx":
            workbook(to, rows)
        else:
            with to.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([COLUMNS, *rows])

    def _rows(self, gradebook: Gradebook) -> Iterator[list[Value]]:
        lessons, students = set(map(str, self.assignment)), set(map(str, self.student))
        for lesson in gradebook.assignments:
            if not lessons or lesson.name in lessons:
                for student in gradebook.students:
                    if not students or student.id in students:
                        yield row(gradebook, lesson, student)


def row(gradebook: Gradebook, lesson: Assignment, student: Student) -> list[Value]:
    """By COLUMNS; whoever handed in nothing has 0."""
    handed_in, points, penalty, waiting = None, 0.0, 0.0, 0.0
    try:
        submission = gradebook.find_submission(lesson.name, student.id)
    except MissingEntry:
        pass
    else:
        handed_in, points = submission.timestamp, submission.score
        penalty = submission.late_submission_penalty or 0.0
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        waiting = sum((grade.max_score for grade in grades if grade.needs_manual_grade), 0.0)
    return [
        lesson.name, lesson.duedate, handed_in, student.id, student.last_name, student.first_name, student.email,
        points, penalty, max(0.0, points - penalty), lesson.max_score, waiting,
    ]  # fmt: skip


def workbook(to: Path, rows: list[list[Value]]) -> None:
    """Numbers and dates as such, whatever the reader's comma is; texts as texts, none as a formula."""
    import xlsxwriter  # which no other command of nbgrader's is to wait for

    lang = default_language()
    with xlsxwriter.Workbook(to) as book:
        sheet = book.add_worksheet(pick(SHEET, lang))
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, name in enumerate(COLUMNS.values()):
            sheet.write_string(0, column, pick(name, lang), bold)
        for line, values in enumerate(rows, start=1):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(line, column, value.replace(tzinfo=None), date)
                elif value is not None:
                    sheet.write_number(line, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
        sheet.autofit()
