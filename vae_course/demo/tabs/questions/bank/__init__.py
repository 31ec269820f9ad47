"""The questions, one a file: its texts, its computation and its figures. Here they stand in the order of the page."""

from ..question import Question
from . import (
    beta,
    between,
    blurry,
    bottleneck,
    collapse,
    ends,
    faces,
    first,
    glasses,
    latent,
    noise,
    pixels,
    redraws,
    sigma,
)

ORDER = (
    blurry, latent, beta, faces, collapse, pixels, bottleneck, redraws, sigma, noise, first, between, glasses, ends,
)  # fmt: skip
QUESTIONS: dict[str, Question] = {module.QUESTION.key: module.QUESTION for module in ORDER}
