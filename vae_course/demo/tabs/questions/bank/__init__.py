"""The questions, each in two files: its words in a .toml, its computation and figures in a .py."""

from importlib import import_module

from ..question import Question

ORDER = (  # in which they stand on the page
    "blurry", "latent", "beta", "faces", "collapse", "pixels", "bottleneck", "redraws", "sigma", "noise", "first",
    "between", "glasses", "ends",
)  # fmt: skip
QUESTIONS: dict[str, Question] = {key: import_module(f".{key}", __package__).QUESTION for key in ORDER}
