"""The tab Beta: one picture and one seed through models that differ in one number only, beta or the dimension."""

from ....text import texts_beside

texts = texts_beside(__file__)
