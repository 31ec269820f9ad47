"""The tab Map: a gallery's codes as points on a plane; what is alike stands together, though nobody told the model."""

from ....text import texts_beside

texts = texts_beside(__file__)
