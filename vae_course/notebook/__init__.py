"""What the lessons' notebooks import: visible checks, the reader's own functions, predictions, pictures."""

from .calibration import calibration
from .pictures import Pictures, pictures
from .predictions import predict, reveal
from .reader import NotYet, check, mine, say, show, start

__all__ = [
    "NotYet",
    "Pictures",
    "calibration",
    "check",
    "mine",
    "pictures",
    "predict",
    "reveal",
    "say",
    "show",
    "start",
]
