"""The tab Features: sliders for what a picture shows and for the code's own numbers, and what else moves with each."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
