"""The tab Start: one picture on its way through the model, and eight pictures drawn from its one code."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
