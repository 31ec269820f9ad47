"""The tab Reconstruct: what is left of a picture after it went through the code, and what that costs."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
