"""The reader's own answers, gathered from the lessons' notebooks up to the ninth into one program that trains a VAE.

Nothing of a notebook is executed but its answer cells, and what they need of others: imports, functions, classes and
constants that are written out (..along).
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

from ...exercises import names
from ...text import Both, default_language, pick
from ..along import TAKEN
from . import read, trial, write

__all__ = ["Assembled", "assemble"]


@dataclass(frozen=True)
class Assembled:
    """The file that was written, whose answers are in it, and why the others are the course's."""

    path: Path
    own: tuple[str, ...]  # names of exercises
    borrowed: dict[str, Both]  # name -> reason

    @property
    def reasons(self) -> dict[str, str]:
        """Why those are borrowed, in the reader's language: name -> reason."""
        return {name: pick(reason, default_language()) for name, reason in self.borrowed.items()}


def assemble(path: str | Path, notebooks: str | Path | None = None) -> Assembled:
    """Write the program to `path` from the notebooks `NN-name/NN-name.ipynb` below a folder.

    notebooks: that folder; by default the parent of the working folder, where a lesson's notebook runs, or the working
    folder where lessons lie in it (Colab). An answer that is missing or fails its visible check is replaced by an
    import of the course's, with a comment that says so and why.
    """
    path, folder = Path(path), read.beside() if notebooks is None else Path(notebooks)
    with warnings.catch_warnings(action="ignore"):
        sections, borrowed = _settled([read.notebook(lesson, folder) for lesson in TAKEN])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write.program(sections, default_language()), encoding="utf-8")
    answers = [name for lesson in TAKEN for name in names(lesson)]
    own = tuple(name for name in answers if name not in borrowed)
    return Assembled(path, own, {name: borrowed[name] for name in answers if name in borrowed})


def _settled(notebooks: list[read.Notebook]) -> tuple[list[write.Section], dict[str, Both]]:
    """Sections in which nothing fails, and why they lack the answers that they lack.

    One answer may have leant on another's cell that was dropped: hence again and again.
    """
    borrowed = {name: reason for notebook in notebooks for name, reason in notebook.missing.items()}
    while True:
        sections = [write.section(notebook, borrowed, default_language()) for notebook in notebooks]
        problems = trial.problems(sections)
        if not problems:
            return sections, borrowed
        borrowed |= problems
