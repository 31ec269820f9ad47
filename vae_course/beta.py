"""Lesson 07: how much information is worth buying: beta, which latent dimensions carry it, and a label for free."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .sampling import reparameterize


def beta_schedule(step: int, warmup_steps: int, beta_max: float) -> float:
    """beta at a training step: linear from 0 to beta_max over warmup_steps, then constant (Bowman et al. 2016)."""
    return beta_max * min(1.0, step / warmup_steps) if warmup_steps > 0 else beta_max


def kl_per_dimension(mu: Tensor, logvar: Tensor) -> Tensor:
    """Each latent dimension's KL in nats, the mean over the batch. mu, logvar: (N, D). Returns (D,)."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(dim=0)


def active_units(mu: Tensor, threshold: float = 0.01) -> int:
    """Latent dimensions whose posterior mean varies by more than threshold (Burda et al. 2016, section 4)."""
    return int((mu.var(dim=0) > threshold).sum()) if len(mu) > 1 else 0


class ConditionalVAE(nn.Module):
    """A VAE whose two sides are told the class, so that z need not tell it (Sohn et al. 2015).

    encoder: of vectors (N, C H W + classes); decoder: of vectors (N, D + classes); labels: (N,) int64.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, classes: int):
        super().__init__()
        self.encoder, self.decoder, self.classes = encoder, decoder, classes

    def told(self, vectors: Tensor, labels: Tensor) -> Tensor:
        """The class's one-hot vector behind each vector: (N, F) -> (N, F + classes)."""
        return torch.cat([vectors, F.one_hot(labels, self.classes).to(vectors)], dim=1)

    def encode(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        return self.encoder(self.told(x.flatten(1), labels))

    def decode(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.decoder(self.told(z, labels))

    def forward(
        self, x: Tensor, labels: Tensor, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(x_hat, mu, logvar), as of a VAE."""
        mu, logvar = self.encode(x, labels)
        return self.decode(reparameterize(mu, logvar, generator), labels), mu, logvar
