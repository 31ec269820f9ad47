"""A model as the browser fetches it: safetensors files of one job each, cut from what ships.

decoder, encoder: the network's half, as stored, with the preset as metadata. gaussian: what draws from the Gaussian
fitted to the codes. flow: a learnt prior, where one ships. A page that only decodes never fetches the encoder.
"""

import json

import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn import Module

from .. import pretrained
from ..faces import gaussian_factor
from ..flow import Flow, unwhiten
from ..presets import Preset

EVERY = ("decoder", "encoder", "gaussian")  # what each model has
PARTS = (*EVERY, "flow")
FORM = 1  # of these files: counted up whenever the same model is cut differently


def of(name: str) -> tuple[str, ...]:
    """Those of PARTS that a shipped model has. Raises UnknownModel."""
    return PARTS if "flow" in pretrained.card(name) else EVERY


def cut(name: str, part: str) -> bytes:
    """One of PARTS of a shipped model, as a file. Raises UnknownModel, DamagedModel, LookupError where it has none."""
    if part == "gaussian":
        return gaussian(*pretrained.gaussian(name))
    if part == "flow":
        if (learnt := pretrained.flow(name)) is None:
            raise LookupError(f"no learnt prior ships with {name}")
        return flow(learnt)
    return half(pretrained.stored(name), pretrained.preset(name), part)


def cut_of(network: Module, preset: Preset, fitted: tuple[Tensor, Tensor], part: str) -> bytes:
    """The same of a model that does not ship; fitted: mean and covariance of its codes."""
    return gaussian(*fitted) if part == "gaussian" else half(network.state_dict(), preset, part)


def half(tensors: dict[str, Tensor], preset: Preset, part: str) -> bytes:
    """The "encoder" or the "decoder" of a network's tensors, named as in its state_dict."""
    numbers = {key: value for key, value in tensors.items() if key.startswith(f"{part}.") and value.is_floating_point()}
    about = json.dumps(preset.model_dump(mode="json", include={"data": {"input_size", "channels"}, "model": True}))
    return save(numbers, {"preset": about})


def gaussian(mean: Tensor, covariance: Tensor) -> bytes:
    """Mean (D,) and factor (D, D): with eps ~ N(0, I), mean + factor eps is a draw."""
    return save({"mean": mean, "factor": gaussian_factor(covariance).to(mean.dtype).contiguous()})


def flow(learnt: Flow) -> bytes:
    """The velocity's numbers, float16 as they are kept, mean (D,) and root (D, D): mean + root x is a code."""
    numbers = {f"velocity.{key}": tensor.half() for key, tensor in learnt.velocity.state_dict().items()}
    root = unwhiten(torch.eye(len(learnt.mean)), torch.zeros_like(learnt.mean), learnt.covariance)
    return save(numbers | {"mean": learnt.mean, "root": root.contiguous()})


def version(name: str, part: str) -> str:
    """Changes with what `cut` gives, and is known without reading the weights."""
    file = "extras" if part in ("gaussian", "flow") else "model"
    return f"{FORM}-{pretrained.card(name)['sha256'][f'{file}.safetensors'][:16]}"
