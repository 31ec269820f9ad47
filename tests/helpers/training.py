"""Small models and pictures for the tests of steps, trainings and checkpoints."""

import math

import torch
from torch import nn

from vae_course.networks import ConvDecoder, ConvEncoder
from vae_course.vae import VAE

SIDE, IMAGES, BATCH = 6, 10, 4  # 3 steps an epoch, the last with 2 images
STEPS = math.ceil(IMAGES / BATCH)


def pictures(n=IMAGES, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (n, SIDE, SIDE, 1), dtype=torch.uint8, generator=generator)


def tiny_vae(seed=3):
    """Convolutions with batch normalisation: weights, buffers and noise, all of which a checkpoint must hold."""
    torch.manual_seed(seed)
    return VAE(*(part(1, SIDE, (4,), 2, norm="batch") for part in (ConvEncoder, ConvDecoder)))


class Plain(nn.Module):
    """x_hat, mu and logvar without any chance, so that everything can be worked out by hand."""

    def __init__(self):
        super().__init__()
        self.pixel = nn.Parameter(torch.tensor(0.3))
        self.mean = nn.Parameter(torch.tensor([0.5, -1.0]))
        self.spread = nn.Parameter(torch.tensor([0.2, -0.4]))
        self.mode = nn.Sequential(nn.Dropout(), nn.Identity())
        self.seen = []

    def forward(self, x):
        self.seen.append(x.detach().clone())
        brightness = x.flatten(1).mean(dim=1, keepdim=True)
        return torch.sigmoid(self.pixel + x - 0.5), brightness * self.mean, brightness * self.spread


def by_hand(x, pixel, mean, spread, beta):
    """Plain's loss, reconstruction and kl of each image, with torch.distributions."""
    x_hat = torch.sigmoid(pixel + x - 0.5)
    entropy = -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).sum(dim=(1, 2, 3))
    brightness = x.mean(dim=(1, 2, 3))[:, None]
    posterior = torch.distributions.Normal(brightness * mean, (brightness * spread / 2).exp())
    kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0, 1)).sum(dim=1)
    return entropy + beta * kl, entropy, kl


def parameters_of(module):
    return {name: value.detach().clone() for name, value in module.named_parameters()}


def same(a, b):
    """Bitwise equality of nested containers of tensors and numbers."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b
