"""The tab Generate: pictures that nobody took, from a z that was drawn."""

from ....text import texts_beside

texts = texts_beside(__file__)
