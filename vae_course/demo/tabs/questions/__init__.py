"""The tab Questions: predict, experiment, compare; and the report that collects it."""

from ....text import texts_beside

texts = texts_beside(__file__)
