"""The tab Beta: one picture and one seed through models that differ in one number only, beta or the dimension."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
