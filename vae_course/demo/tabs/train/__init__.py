"""The tab Train: a recorded run to replay, and trainings of one's own that go on while one looks."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
