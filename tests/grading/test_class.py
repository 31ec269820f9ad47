"""A class of thirty, in both languages, with right and wrong answers: the marks are those of the checks alone."""

from collections import defaultdict
from pathlib import Path

import nbformat
import pytest
from helpers.grading import CHECKS, ROOT
from helpers.submissions import answered, at, is_check, released
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from vae_course.cells import python
from vae_course.course import settings
from vae_course.grading.records import Records
from vae_course.grading.score import score_here
from vae_course.grading.verdict import Course
from vae_course.grading.whole_class import graded
from vae_course.text import LANGUAGES

LESSON = "04-loss"
CHOSEN = "reconstruction_loss", "kl_divergence", "log_normal"
RIGHT = {"vae_loss": 5.0}  # everybody's, whatever became of the first two, which it uses
ANSWERS = Path(__file__).parents[1] / "answers"

pytestmark = pytest.mark.slow


def handed_in(number, lang):
    """A student's notebook: every third all right, the others with answers of the bank."""
    notebook = answered(LESSON, lang)
    for exercise in CHOSEN if number % 3 else ():
        known = sorted((ANSWERS / exercise).glob("*.py"))
        notebook.cells[at(notebook, exercise)].source = known[number * 7 % len(known)].read_text(encoding="utf-8")
    return notebook


def alone(notebook, lang, folder):
    """Exercise -> a file with what stands above its check, as `grading score` takes it."""
    above = []
    for cell, original in zip(notebook.cells, released(LESSON, lang).cells, strict=True):
        if is_check(cell):
            for exercise in cell.source.split('check("')[1].split('"')[0].split():
                file = folder / f"{exercise}.py"
                file.write_text("\n\n".join(above), encoding="utf-8")
                yield exercise, file
        elif cell.cell_type == "code" and {"setup", "answer"} & set(original.metadata.get("tags", ())):
            above.append(python(cell.source))


def test_a_class_of_thirty(tmp_path):
    (tmp_path / "lessons").symlink_to(ROOT / "lessons")
    files, right = {}, defaultdict(dict)
    for number in range(30):
        student, lang = f"student {number}", LANGUAGES[number % 2]
        notebook = handed_in(number, lang)
        folder = tmp_path / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")
        (lone := tmp_path / "alone" / student).mkdir(parents=True)
        files[student] = list(alone(notebook, lang, lone))
    for score in score_here([one for chosen in files.values() for one in chosen], CHECKS):
        right[Path(score.file).parent.name][score.exercise] = RIGHT.get(score.exercise, score.points)

    config = settings.nbgrader("es")
    config.CourseDirectory.root = str(tmp_path)
    with Records(CourseDirectory(config=config), LESSON, config) as records:
        by = Course(ROOT, CHECKS, "es")
        found = {one.student: one.verdict for one in graded(sorted(files), records, by, workers=2)}
    points = {student: {score.exercise: score.points for score in one.scores} for student, one in found.items()}
    assert points == right
    assert {one.lang for one in found.values()} == set(LANGUAGES)
    totals = {student: sum(one.values()) for student, one in right.items()}
    assert len({round(total, 2) for total in totals.values()}) > 8 and max(totals.values()) == 22
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        assert {one: book.find_submission(LESSON, one).score for one in files} == pytest.approx(totals)
