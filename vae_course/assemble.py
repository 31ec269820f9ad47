"""Where notebooks that were handed out look for `assemble`; it lives in vae_course.notebook.assemble."""

from .notebook.assemble import Assembled, assemble

__all__ = ["Assembled", "assemble"]
