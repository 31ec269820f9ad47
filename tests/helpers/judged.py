"""A lesson's notebook with right answers, rebuilt, and what the referee makes of it once a test has changed it."""

from nbformat.v4 import new_code_cell

from helpers.grading import CHECKS
from helpers.submissions import answered, at, released
from vae_course.confined.watch import Limits
from vae_course.exercises import EXERCISES, names
from vae_course.grading import referee


def rebuilt(lesson, lang="en"):
    """The released notebook with right answers, as normalize gives it."""
    notebook, right = released(lesson, lang), answered(lesson, lang)
    for cell, answer in zip(notebook.cells, right.cells, strict=True):
        cell.source = answer.source
    return notebook


def write(notebook, exercise, source):
    """An answer; {} in it stands for the right one."""
    cell = notebook.cells[at(notebook, exercise)]
    cell.source = source.replace("{}", cell.source)


def add(notebook, where, source):
    """A cell of the student's own above another one."""
    notebook.cells.insert(at(notebook, where), new_code_cell(source, id=f"own-{len(notebook.cells)}"))


def full(lesson, *but):
    """Exercise -> all its points, without those that are named."""
    return {name: float(EXERCISES[name].points) for name in names(lesson) if name not in but}


def points(notebook, lesson, zygote, seconds=2.0):
    """Exercise -> points; the notebook gets its outputs."""
    scores = referee.judge(notebook, zygote, CHECKS, Limits(call=seconds))
    return {score.exercise: score.points for score in scores}


def output(notebook, where):
    """What a cell says in the end."""
    return "\n".join(one.get("text", one.get("evalue", "")) for one in notebook.cells[at(notebook, where)].outputs)
