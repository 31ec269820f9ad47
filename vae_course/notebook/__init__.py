"""What the lessons' notebooks import: visible checks, the reader's own functions, texts in one language, pictures."""

from .pictures import Pictures, pictures
from .reader import NotYet, check, mine, say, show, start

__all__ = ["NotYet", "Pictures", "check", "mine", "pictures", "say", "show", "start"]
