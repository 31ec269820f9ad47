"""The tab Questions: predict, experiment, compare; and the report that collects it."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
