"""The tab Start: one picture on its way through the model, and eight pictures drawn from its one code."""

from ....text import texts_beside

texts = texts_beside(__file__)
