"""A named tuple, type hints, an option more."""

from collections import namedtuple

import torch
from torch import Tensor, nn
from vae_course.sampling import reparameterize

Output = namedtuple("Output", ["x_hat", "mu", "logvar"])


class VAE(nn.Module):
    encoder: nn.Module
    decoder: nn.Module

    def __init__(self, encoder: nn.Module, decoder: nn.Module, draws: bool = True) -> None:
        super().__init__()
        self.encoder, self.decoder, self.draws = encoder, decoder, draws

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> Output:
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar, generator) if self.draws else mu
        return Output(self.decode(z), mu, logvar)
