"""The network of a screen, stage by stage, with the lines of the course's own code that make each."""

import inspect
from pathlib import Path
from types import ModuleType

from torch import nn

from .. import networks, sampling
from ..numbers import whole
from ..text import LANGUAGES, Both
from ..vae import VAE
from . import texts

ROOT = Path(__file__).parents[2]


def stages(model: VAE) -> list[dict]:
    """What happens to a picture on its way through a convolutional VAE without residual blocks.

    where: the half and the number of the engine's layer whose output is shown, or "input", "code", "z", "output".
    """
    words = texts.inside["STAGES"]
    downs, ups = (
        [layer for layer in half.modules() if isinstance(layer, kind)]
        for half, kind in ((model.encoder, nn.Conv2d), (model.decoder, nn.ConvTranspose2d))
    )
    project = next(layer for layer in model.decoder.modules() if isinstance(layer, nn.Linear))
    made = [stage("input", words["input"], None)]
    for k, layer in enumerate(downs):
        made.append(
            stage(f"encoder {2 * k + 1}", words["convolution"], layer, "nn.Conv2d(before, after", "norm, after)")
        )
    made.append(stage("code", words["code"], model.encoder.heads, "return self.mu(features)"))
    made.append(stage("z", words["z"], None, "return mu + std * eps", module=sampling))
    made.append(stage("decoder 0", words["project"], project, "features = self.project(z)"))
    for k, layer in enumerate(ups[:-1]):
        made.append(stage(f"decoder {2 * k + 3}", words["upsampling"], layer, "nn.ConvTranspose2d(", "norm, before)"))
    made.append(stage("output", words["output"], ups[-1], "torch.sigmoid(logits", "nn.ConvTranspose2d("))
    return made


def stage(where: str, words: dict[str, Both], layer: nn.Module | None, *lines: str, module: ModuleType = networks):
    """One stage: its words, the layer's numbers, and the lines that hold these snippets, each with its place."""
    count = sum(weight.numel() for weight in layer.parameters()) if layer is not None else 0
    return {
        "where": where,
        "title": words["title"],
        "text": words["text"],
        "parameters": Both(*(whole(count, lang) for lang in LANGUAGES)) if count else None,
        "code": [line(module, snippet) for snippet in lines],
    }


def line(module: ModuleType, snippet: str) -> dict:
    """The last line of a module that holds the snippet, and where it stands. Raises ValueError where none does."""
    source = inspect.getsource(module).splitlines()
    numbers = [number for number, text in enumerate(source, 1) if snippet in text]
    if not numbers:
        raise ValueError(f"no line of {module.__name__} holds {snippet!r}")
    file = Path(inspect.getfile(module)).relative_to(ROOT).as_posix()
    return {"text": source[numbers[-1] - 1].strip(), "file": file, "line": numbers[-1]}
