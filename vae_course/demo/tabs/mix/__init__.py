"""The tab Mix: the way from one picture to another, pixel by pixel and through the latent space."""

from ....text import texts_beside

texts = texts_beside(__file__)
