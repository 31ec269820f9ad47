"""The tab Mix: the way from one picture to another, pixel by pixel and through the latent space."""

from .tab import build
from .texts import LEAD, NAME

__all__ = ["LEAD", "NAME", "build"]
