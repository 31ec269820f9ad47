"""What the demo knows and does, whatever it looks like."""

from ...text import texts_beside

texts = texts_beside(__file__)
