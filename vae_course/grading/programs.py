"""The process that judges, as a program (judging.py)."""

import subprocess
from multiprocessing.connection import Connection

from ..confined.programs import Process, program


def judge(connection: Connection) -> Process:
    """One that judges what it is asked over the connection; an interrupt from the console does not reach it."""
    return program(
        "-m", "vae_course.grading.judging", str(connection.fileno()),
        pass_fds=[connection.fileno()], stdin=subprocess.DEVNULL,
    )  # fmt: skip
