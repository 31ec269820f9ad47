"""The tab Reconstruct: what is left of a picture after it went through the code, and what that costs."""

from ....text import texts_beside

texts = texts_beside(__file__)
