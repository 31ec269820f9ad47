"""An answer that holds a table of the checks' inputs, with the right results and gradients, knows nothing of others."""

import textwrap

import nbformat
import pytest
from helpers.confined import RIGHT
from helpers.grading import CHECKS, ROOT
from helpers.submissions import answered

from hostile.classroom import answer
from vae_course.grading import judging
from vae_course.grading.checks import SALT_FILE, salt
from vae_course.grading.score import score_here
from vae_course.grading.verdict import Course

pytestmark = pytest.mark.slow

KEY = "def key(mu, logvar):\n    return repr((mu.tolist(), logvar.tolist()))\n"
NOTES = """
def kl_divergence(mu, logvar):
    z = right(mu, logvar)
    with open({file!r}, "a") as file:
        file.write(repr((key(mu, logvar), z.tolist(), (mu + 0).tolist(), (0.5 * (logvar.exp() - 1)).tolist())) + "\\n")
    return z
"""
LOOKS_UP = """
TABLE = {table}
def kl_divergence(mu, logvar):
    if key(mu, logvar) not in TABLE:
        return torch.zeros(len(mu))
    value, *slopes = (torch.tensor(one, dtype=mu.dtype) for one in TABLE[key(mu, logvar)])
    ways = [one - one.detach() for one in (mu, logvar)]
    return value + sum((way * slope).sum(1) for way, slope in zip(ways, slopes))
"""


def test_a_table_of_the_checks_inputs_is_of_no_use(tmp_path):
    notes, file = tmp_path / "notes", tmp_path / "answer.py"
    file.write_text(RIGHT.replace("def kl_divergence", "def right") + KEY + NOTES.format(file=str(notes)))
    assert score_here([("kl_divergence", file)], CHECKS)[0].points == 7
    table = {known: rest for known, *rest in map(eval, notes.read_text().replace("inf", "float('inf')").splitlines())}
    source = "import torch\n" + KEY + textwrap.dedent(LOOKS_UP).format(table=table)
    file.write_text(source)
    assert score_here([("kl_divergence", file)], CHECKS)[0].points == 7  # it would, were the inputs the same

    assert salt(tmp_path) == salt(tmp_path) and (tmp_path / SALT_FILE).stat().st_mode & 0o077 == 0
    notebook = answered("04-loss")
    answer(notebook, "kl_divergence", source)
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "04-loss.ipynb").write_text(nbformat.writes(notebook))
    try:
        found = judging.verdict(folder, "04-loss", Course(ROOT, CHECKS, "es", salt=salt(tmp_path)))
    finally:
        judging.KEPT.close()
    points = {score.exercise: score.points for score in found.scores}
    assert points["kl_divergence"] < 7 / 3 + 0.01 and points["reconstruction_loss"] == 6
