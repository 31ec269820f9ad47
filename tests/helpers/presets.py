"""Random presets, every kind of network that one may describe, and networks whose numbers are none of a fresh one."""

import itertools
import json
import random

import torch
from torch import nn

from vae_course import presets
from vae_course.networks import ACTIVATIONS
from vae_course.sampling import VAE
from vae_course.vae import build

NORMS, UPSAMPLES = ("none", "batch", "group"), ("transposed", "nearest")


def of(seed: int) -> presets.Preset:
    """A preset; so many seeds in a row go through all activations, norms and ways to grow."""
    chance = random.Random(seed)
    return next(preset for preset in (_valid(seed, chance) for _ in itertools.count()) if preset)


def _valid(seed: int, chance: random.Random) -> presets.Preset | None:
    activation = list(ACTIVATIONS)[seed % len(ACTIVATIONS)]
    model = _dense(activation, chance) if seed % 4 == 0 else _convolutional(seed, activation, chance)
    sides = [chance.randint(2, 40) for _ in range(2)]
    given = {
        "data": {"input_size": sides, "channels": chance.choice((1, 3))},
        "model": model | {"latent_dim": chance.choice((1, 2, 7, 16, 33))},
    }
    try:
        return presets.parse(json.dumps(given))
    except presets.PresetError:
        return None  # the convolutions shrink it to nothing


def _dense(activation: str, chance: random.Random) -> dict:
    def layers(least):
        others = [chance.choice(list(ACTIVATIONS)) for _ in range(chance.randint(least, 3))]
        return [{"units": chance.randint(1, 70), "activation": name} for name in others]

    first = [{"units": chance.randint(1, 70), "activation": activation}]
    return {"encoder_layers": first + layers(0), "decoder_layers": chance.choice((None, first + layers(0), layers(0)))}


def _convolutional(seed: int, activation: str, chance: random.Random) -> dict:
    deep = activation != "cosh"  # cosh of cosh of cosh is anything, in PyTorch's own float32 too
    widths = [chance.randint(1, 26) if chance.random() < 0.8 else 20 * chance.randint(4, 5) for _ in range(4)]
    return {
        "hidden_channels": widths[: chance.randint(1, 4) if deep else 1],
        "activation": activation,
        "kernel_size": chance.randint(1, 7),
        "stride": chance.randint(1, 4),
        "padding": chance.randint(0, 3),
        "upsample": UPSAMPLES[seed // 2 % 2],
        "norm": NORMS[seed // 3 % 3],
        "residual_blocks": chance.choice((0, 0, 1, 2)) if deep else 0,
        "linear_path": seed % 5 < 2,
    }


@torch.no_grad()
def network(preset: presets.Preset, seed: int, dtype: torch.dtype = torch.float32) -> VAE:
    """A network of that preset in eval mode, with normalisations that do something, its numbers rounded to dtype."""
    generator = torch.Generator().manual_seed(seed)
    model = build(preset, generator).eval()
    for layer in model.modules():
        if isinstance(layer, (nn.BatchNorm2d, nn.GroupNorm)):
            layer.weight.uniform_(0.5, 1.5, generator=generator)
            layer.bias.normal_(0, 0.3, generator=generator)
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.3, generator=generator)
            layer.running_var.uniform_(0.3, 2, generator=generator)
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.to(dtype).float())
    return model
