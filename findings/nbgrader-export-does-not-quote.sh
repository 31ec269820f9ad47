#!/usr/bin/env bash
# One would guess that `nbgrader export`, whose default is a file called grades.csv, writes CSV that any reader takes.
# It joins the values with commas as they are: a last name with a comma ("Núñez, de") gives a row with one field more
# than the header, so that every later column is read one place off: the mark is then read as the penalty. Nor does
# it say which marks still wait for points by hand. nbgrader 0.9.6 (CsvExportPlugin).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check nbgrader==0.9.6
"$folder/env/bin/python" -m pip list 2>/dev/null | grep -iE "^nbgrader "
export PATH="$folder/env/bin:$PATH"
cd "$folder"

cat >book.py <<'PYTHON'
from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db") as book:
    book.add_assignment("one")
    book.add_notebook("one", "one")
    book.add_grade_cell("why", "one", "one", max_score=3, cell_type="markdown")
    book.add_student("ana", first_name="Ana", last_name="Núñez, de")
    book.add_submission("one", "ana")
    grade = book.find_grade("why", "one", "one", "ana")
    grade.manual_score, grade.needs_manual_grade = 2, False
    book.db.commit()
PYTHON
python -W ignore book.py
nbgrader export --log-level=ERROR --to grades.csv
cat grades.csv
python - <<'PYTHON'
import csv
import sys

with open("grades.csv", encoding="utf-8", newline="") as file:
    header, row = csv.reader(file)
print(f"{len(header)} names of columns, {len(row)} values; read by its name, late_submission_penalty is "
      f"{dict(zip(header, row))['late_submission_penalty']} (the row has no penalty, and 2 points)")
sys.exit(len(row) != len(header) + 1)
PYTHON
