"""A student's own code beside the course's, in the demo on their own machine: python app.py --with FILE."""

from ..text import texts_beside

texts = texts_beside(__file__)
