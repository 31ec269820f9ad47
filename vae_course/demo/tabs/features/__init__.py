"""The tab Features: sliders for what a picture shows and for the code's own numbers, and what else moves with each."""

from ....text import texts_beside

texts = texts_beside(__file__)
