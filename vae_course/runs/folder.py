"""A run folder: config.json, model.safetensors, checkpoints/, history.csv, machine.json, TensorBoard events, samples/,
metrics.json and figures/.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from .. import data, presets
from ..files import replacing
from ..fit import CHECKPOINTS
from ..presets import Preset
from ..vae import VAE, build

LEFT = (
    *("config.json", "model.safetensors", "history.csv", "machine.json", "metrics.json"),
    *(f"checkpoints/{name}" for name in CHECKPOINTS),
    *("events.out.tfevents.*", "samples/epoch-[0-9][0-9][0-9][0-9]*.png", "figures/*.png", "figures/samples/*.png"),
)


class RunError(Exception):
    """A run folder that can't be used as asked; the message says why."""


@dataclass(frozen=True)
class Run:
    """A run folder and what it holds."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.json"

    @property
    def weights(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def last(self) -> Path:
        return self.folder / "checkpoints" / "last.pt"

    @property
    def history(self) -> Path:
        return self.folder / "history.csv"

    @property
    def machine(self) -> Path:
        return self.folder / "machine.json"

    @property
    def samples(self) -> Path:
        return self.folder / "samples"

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics.json"

    @property
    def figures(self) -> Path:
        return self.folder / "figures"

    @property
    def began(self) -> bool:
        """Whether a training left anything here that a new one would replace."""
        return any(path.exists() for path in (self.last, self.weights, self.history))

    def began_with(self, images: data.ImageSet) -> bool:
        """Whether it was trained on these pictures, wherever they lay; True for a run that did not note its own."""
        try:
            noted = json.loads(self.machine.read_text(encoding="utf-8")).get("pictures")
        except (FileNotFoundError, ValueError, AttributeError):  # nothing noted, or no longer legible
            return True
        return noted in (None, identity(images))

    def clear(self) -> None:
        """Removes what trainings and what came after them left here, all figures included; other files stay."""
        for pattern in LEFT:
            for path in self.folder.glob(pattern):
                path.unlink()

    def preset(self) -> Preset:
        """What was trained. Raises RunError."""
        if not self.config.is_file():
            raise RunError(f"{self.folder} is no run folder: it has no config.json")
        return presets.load(self.config)

    def model(self) -> VAE:
        """The trained model on the CPU, in eval mode. Raises RunError."""
        model = build(self.preset())
        if not self.weights.is_file():
            raise RunError(f"{self.folder} has no model.safetensors yet: its training has not finished an epoch")
        try:
            model.load_state_dict(load_file(self.weights))
        except (SafetensorError, RuntimeError) as error:
            why = str(error).splitlines()[0].rstrip(":")
            raise RunError(f"{self.weights} is damaged or not of the model in config.json ({why})") from None
        return model.eval()


def identity(images: data.ImageSet) -> str:
    """Tells a set of pictures from another, wherever they lie: how many there are, of what size, and their names."""
    return hashlib.sha256(json.dumps([*images.images.shape, *images.files]).encode()).hexdigest()[:16]


def save_weights(path: Path, model: nn.Module, dtype: torch.dtype = torch.float32) -> None:
    """Writes a model.safetensors, with floating-point numbers of that type."""
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
    with replacing(path) as temporary:
        save_file(tensors, temporary)
