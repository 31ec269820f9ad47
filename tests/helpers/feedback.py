"""Feedback pages of the real lessons, as a graded notebook and a gradebook make them."""

from nbformat.v4 import new_output

from helpers.grading import ROOT
from helpers.submissions import answered, grade_id, is_check, is_question
from vae_course.grading.feedback import as_written
from vae_course.grading.feedback_page import Grade, Marks, page
from vae_course.numbers import compact

REPORT = (
    "{name} 1/2\n  ✗ It grows in a straight line. A value of 0.5 is expected at step 2.\n  ✓ It ends at beta_max.\n"
)
LIMIT = 300_000  # bytes of a page


def graded(name="03-sampling", lang="es"):
    """(a student's notebook as autograding leaves it, its marks: half of each exercise, the questions waiting)"""
    notebook, marks = answered(name, lang), Marks()
    for cell in notebook.cells:
        if is_check(cell):
            most = cell.metadata.nbgrader.points
            said = new_output("stream", name="stdout", text=REPORT.format(name=grade_id(cell)))
            cell.outputs = [said, new_output("execute_result", {"text/plain": f"{most / 2} points"})]
            marks.grades[grade_id(cell)] = Grade(most / 2, most)
        elif is_question(cell):
            marks.grades[grade_id(cell)] = Grade(0.0, cell.metadata.nbgrader.points, "waits")
    marks.points = sum(grade.points for grade in marks.grades.values())
    marks.most = sum(grade.most for grade in marks.grades.values())
    return notebook, marks


def feedback(notebook, marks, student="ana"):
    """Its page."""
    about, lang = notebook.metadata.vae_course, notebook.metadata.vae_course.lang
    names = {"assignment": about.lesson, "student": student}
    return page(notebook, marks, lang, names, as_written(ROOT, about.lesson, lang))


def written(points, lang="es"):
    return compact(points, 6, lang)
