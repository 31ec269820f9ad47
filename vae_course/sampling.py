"""Lesson 03: drawing latent codes, in a way that gradients can pass, and the VAE that they pass through."""

import torch
from torch import Tensor, nn

from .networks import Decoder, Encoder, ImageShape


def reparameterize(mu: Tensor, logvar: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """z = mu + std * eps with eps ~ N(0, I): the reparameterization trick (Kingma and Welling 2014, section 2.4).

    mu, logvar: (N, D); logvar is the natural logarithm of the variance. Returns z, (N, D), in mu's dtype and on its
    device; gradients reach mu and logvar. Chance enters through `generator`, or torch's global one.
    """
    std = torch.exp(0.5 * logvar)
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=mu.device)
    return mu + std * eps


def sample_prior(n: int, latent_dim: int, generator: torch.Generator | None = None) -> Tensor:
    """n draws from the prior p(z) = N(0, I), (n, latent_dim)."""
    return torch.randn(n, latent_dim, generator=generator)


class VAE(nn.Module):
    """Encoder and decoder with a drawn z between them (Kingma and Welling 2014).

    x and x_hat are (N, C, H, W) float32 in [0, 1]; mu, logvar and z are (N, D).
    """

    def __init__(self, encoder: Encoder, decoder: Decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    @property
    def latent_dim(self) -> int:
        return self.decoder.latent_dim

    @property
    def image_shape(self) -> ImageShape:
        """(channels, height, width)"""
        return self.decoder.image_shape

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z)

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """(x_hat, mu, logvar); z is drawn through `generator`, or torch's global one, in train and eval mode alike."""
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, generator)), mu, logvar
