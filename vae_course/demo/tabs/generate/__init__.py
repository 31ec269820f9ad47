"""The tab Generate: pictures that nobody took, from a z that was drawn."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
