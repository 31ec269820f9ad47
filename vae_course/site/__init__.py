"""The explorer: a folder of static files in which a visitor holds the shipped models, decoded in the page."""

from ..text import texts_beside

texts = texts_beside(__file__)
