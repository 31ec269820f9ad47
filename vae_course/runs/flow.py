"""A shipped model's learnt prior (lesson 10): trained, measured, and kept where it beats the fitted Gaussian."""

import hashlib
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from .. import data, pretrained
from ..evaluation import frechet_distance
from ..faces import draw_gaussian
from ..files import replacing
from ..flow import Flow, train_flow
from ..images import to_unit_range
from ..sampling import VAE
from ..training import inference
from . import card as cards
from .folder import RunError
from .measure import encode_all, trained_with
from .quality import COMPONENTS, in_parts, principal

DRAWS = 10_000  # from each prior
WIDTH, DEPTH, STEPS = 64, 3, 20_000  # a network of 54 kB, which a page fetches


class Judge:
    """How far what is decoded of codes is from real pictures: Fréchet distance on the latter's principal components."""

    def __init__(self, model: VAE, real: Tensor):
        """real: (M, C, H, W) in [0, 1]."""
        pixels = real.flatten(1)
        self.model = model
        self.mean, self.axes = principal(pixels, COMPONENTS)
        self.real = self.features(pixels)

    def features(self, pixels: Tensor) -> Tensor:
        return (pixels - self.mean) @ self.axes

    def distance(self, z: Tensor) -> float:
        """Of the pictures of codes (n, D)."""
        with inference(self.model):
            drawn = in_parts(lambda part: self.features(self.model.decode(part).flatten(1)), z)
        return frechet_distance(drawn, self.real).item()


def ship_flow(
    name: str, *, width: int = WIDTH, depth: int = DEPTH, steps: int = STEPS, seed: int = 0, path: Path | None = None
) -> dict:
    """Trains a flow on the codes of a shipped model's training pictures and puts it beside its weights.

    Returns what the model's card then says of it. Raises RunError, and changes nothing, where what is decoded of the
    Gaussian's codes is as near to held-back pictures; UnknownModel, DamagedModel, DataError.
    """
    model, preset = pretrained.load(name), pretrained.preset(name)
    images = data.load(preset.data, path=path)
    if not trained_with(name, None, images):
        raise RunError(f"{name} was trained with other pictures: its learnt prior would be of these")
    split = "test" if len(images.test) else "validation"
    real = to_unit_range(images.images[images.part(split)])
    codes = encode_all(model, images.images[images.learnt(preset.training.refit)])
    flow = train_flow(*codes, steps, width=width, depth=depth, generator=torch.Generator().manual_seed(seed))
    flow.velocity.load_state_dict({key: value.half() for key, value in flow.velocity.state_dict().items()})  # as kept
    flow = Flow(flow.velocity, *pretrained.gaussian(name))
    judge, chance = Judge(model, real), torch.Generator().manual_seed(seed)
    distances = {
        "gaussian": judge.distance(draw_gaussian(flow.mean, flow.covariance, DRAWS, chance)),
        "flow": judge.distance(flow.draw(DRAWS, chance)),
    }
    if distances["flow"] >= distances["gaussian"]:
        far = ", ".join(f"{key} {value:.2f}" for key, value in distances.items())
        raise RunError(f"{name}: the learnt prior is no better than the Gaussian ({far}) and was not kept")
    about = {
        "command": f"python -m vae_course flow {name} --width {width} --depth {depth} --steps {steps} --seed {seed}",
        "width": width, "depth": depth, "steps": steps, "seed": seed, "split": split, "images": len(real),
        "distances": {key: round(value, 3) for key, value in distances.items()},
    }  # fmt: skip
    _keep(name, flow, about)
    return about


def _keep(name: str, flow: Flow, about: dict) -> None:
    """Into extras.safetensors and the card."""
    extras, numbers = pretrained.extras(name), flow.velocity.state_dict()
    others = {key: tensor for key, tensor in extras.items() if not key.startswith("flow.")}
    file = pretrained.WEIGHTS / name / "extras.safetensors"
    with replacing(file) as temporary:
        save_file(others | {f"flow.{key}": tensor.half().contiguous() for key, tensor in numbers.items()}, temporary)
    sums = pretrained.card(name)["sha256"] | {file.name: hashlib.sha256(file.read_bytes()).hexdigest()}
    cards.note(name, flow=about, sha256=sums)
