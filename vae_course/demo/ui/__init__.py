"""What several tabs look like."""

from ...text import texts_beside

texts = texts_beside(__file__)
