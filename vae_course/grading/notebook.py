"""A notebook's test cell when it is graded: its hidden line takes `check` from here instead of vae_course.notebook.

The checks run in this process, and what comes out is a number. Their folder is a setting (checks.py). A call that
computes for longer than any answer needs is ended, and with it its exercise; one that sleeps is nbgrader's to end.
"""

import os
import sys

import torch

from ..exercises import EXERCISES
from ..text import Both, default_language, pick
from .checks import folder_for_notebooks
from .plugin import Job, run
from .score import Score, report
from .student import InProcess

PATIENCE = 60.0  # seconds of CPU time for one call, of all threads together: what the clock shows costs nobody marks

BROKEN = Both(
    es="Las pruebas no se pudieron ejecutar ({error}). Conviene avisar a quien enseña: no es culpa de la respuesta.",
    en="The checks could not be run ({error}). Please tell the teacher: it is not the answer's fault.",
)


def check(names: str) -> float:
    """Points for the exercises named ("lerp slerp") on the reader's functions, in the notebook's language."""
    return score(names, vars(sys.modules["__main__"]), default_language())


def score(names: str, namespace: dict, lang: str = "es") -> float:
    """Points for the exercises named ("lerp slerp"), between 0 and what they are worth; prints why not more.

    Whatever happens it returns a plain float, and nothing is written to stderr.
    """
    total = 0.0
    for name in names.split():
        try:
            found = checked(name, namespace)
        except Exception as error:
            print(pick(BROKEN, lang).format(error=f"{type(error).__name__}: {error}"))
            continue
        print(report(found, lang))
        total += found.points
    most = sum(EXERCISES[name].points for name in names.split())
    return float(min(max(total, 0.0), most))


def checked(name: str, namespace: dict) -> Score:
    """The checks of one exercise on the functions of a namespace; torch's random state is as before."""
    job = Job(name, name, lambda: InProcess(namespace, PATIENCE))
    random, folder = torch.get_rng_state(), os.getcwd()
    try:
        (results,) = run([job], folder_for_notebooks())
    finally:
        torch.set_rng_state(random)
        os.chdir(folder)
    return Score(name, name, results)
