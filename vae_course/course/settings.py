"""How nbgrader is set up, for its commands (nbgrader_config.py) and for the builder alike."""

import tomllib
from pathlib import Path

from traitlets.config import Config

from ..text import Both, pick

STUB = "raise NotImplementedError"
WRITE_HERE = Both(es="*La respuesta va aquí.*", en="*The answer goes here.*")


def nbgrader(lang: str) -> Config:
    """nbgrader's configuration for one language."""
    config = Config()
    config.CourseDirectory.source_directory = f"solutions/{lang}"
    config.CourseDirectory.release_directory = f"lessons/{lang}"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = pick(WRITE_HERE, lang)
    return config


def project(root: Path) -> dict:
    """What pyproject.toml says of the project."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def repository(root: Path) -> str:
    """The one address that the project is fetched from: pyproject.toml's."""
    return project(root)["urls"]["Repository"]
