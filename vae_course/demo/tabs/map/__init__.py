"""The tab Map: a gallery's codes as points on a plane; what is alike stands together, though nobody told the model."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
