"""What checks can have made on the student's side by a `Recipe`: small models, optimizers, generators."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class ToyVAE(nn.Module):
    """The small VAE on which checks try a student's training: x (N, 1, 4, 4), three latent dimensions.

    extras: batch normalisation and dropout, so that train and eval mode differ, and a part that is always in eval mode.
    noiseless: z = mu.
    """

    D = 3

    def __init__(self, extras: bool, noiseless: bool):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(), nn.Linear(16, 8), *([nn.BatchNorm1d(8)] if extras else []), nn.Tanh()
        )
        self.heads = nn.ModuleDict({"mu": nn.Linear(8, self.D), "logvar": nn.Linear(8, self.D)})
        self.decoder = nn.Sequential(
            nn.Linear(self.D, 8), nn.Tanh(), *([nn.Dropout(0.5)] if extras else []), nn.Linear(8, 16), nn.Sigmoid()
        )
        self.noiseless, self.graphs = noiseless, 0  # graphs: how many forward passes could be trained through
        if extras:
            self.frozen = nn.BatchNorm1d(2)
            self.frozen.eval()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        if x.ndim != 4 or x.shape[1:] != (1, 4, 4):
            raise ValueError(f"encode takes a batch (N, 1, 4, 4), not {tuple(x.shape)}")
        features = self.encoder(x)
        return self.heads["mu"](features), self.heads["logvar"](features)

    def decode(self, z: Tensor) -> Tensor:
        if z.ndim != 2 or z.shape[1] != self.D:
            raise ValueError(f"decode takes a batch (N, {self.D}), not {tuple(z.shape)}")
        return self.decoder(z).unflatten(1, (1, 4, 4))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mu, logvar = self.encode(x)
        eps = torch.zeros_like(mu) if self.noiseless else torch.randn(mu.shape, dtype=mu.dtype)
        x_hat = self.decode(mu + torch.exp(0.5 * logvar) * eps)
        self.graphs += x_hat.requires_grad
        return x_hat, mu, logvar


def toy_vae(weights: dict | None = None, seed: int = 0, extras: bool = True, noiseless: bool = False) -> ToyVAE:
    """A ToyVAE in train mode (but for its frozen part) with the given weights, or those of the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        model = ToyVAE(extras, noiseless)
    if weights is not None:
        model.load_state_dict(weights)
    return model


class ToyEncoder(nn.Module):
    """x (N, 1, 4, 4) to (mu, logvar), three numbers each: mu from the upper eight pixels, logvar from the lower."""

    def __init__(self):
        super().__init__()
        self.mu, self.logvar = nn.Linear(8, ToyVAE.D), nn.Linear(8, ToyVAE.D)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        upper, lower = x.flatten(1).split(8, dim=1)
        return self.mu(upper), self.logvar(lower)


class ToyDecoder(nn.Module):
    """z (N, 3) to pictures (N, 1, 4, 4)."""

    def __init__(self):
        super().__init__()
        self.pixels = nn.Linear(ToyVAE.D, 16)

    def forward(self, z: Tensor) -> Tensor:
        return torch.sigmoid(self.pixels(z)).unflatten(1, (1, 4, 4))


class CodesAsPictures(nn.Module):
    """A VAE whose pictures (N, 1, 1, D) are sinh of their codes: a walk between codes is none in pixels."""

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.asinh().flatten(1), torch.zeros_like(x).flatten(1)

    def decode(self, z: Tensor) -> Tensor:
        return z.sinh().unflatten(1, (1, 1, -1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mu, logvar = self.encode(x)
        return self.decode(mu), mu, logvar


class Velocity:
    """v(x, t) = x matrix^T + t^2 drift of codes x (N, D): linear, so that each step along it has a closed form.

    seen: what it was asked for, (x, t) a call. A t that is one number, or (N, 1), will do here.
    """

    def __init__(self, matrix: Tensor, drift: Tensor):
        self.matrix, self.drift = matrix, drift  # (D, D), (D,)
        self.seen: list[tuple[Tensor, Tensor]] = []

    def __call__(self, x: Tensor, t: Tensor | float) -> Tensor:
        t = torch.as_tensor(t)
        if x.ndim != 2 or x.shape[1] != len(self.drift) or t.numel() not in (1, len(x)):
            raise ValueError(f"velocity takes x (N, {len(self.drift)}) and t (N,), not {[*x.shape]} and {[*t.shape]}")
        self.seen.append((x.detach().clone(), t.detach().clone()))
        return x @ self.matrix.T.to(x.dtype) + t.to(x.dtype).reshape(-1, 1).square() * self.drift.to(x.dtype)


def strided(value: Tensor) -> Tensor:
    """The same values, not contiguous in memory."""
    return torch.stack([value, value], dim=-1)[..., 0]


RECIPES: dict[str, Callable[..., Any]] = {
    "generator": lambda seed: torch.Generator().manual_seed(seed),
    "strided": strided,
    "identity": nn.Identity,
    "toy_vae": toy_vae,
    "toy_encoder": ToyEncoder,
    "toy_decoder": ToyDecoder,
    "codes_as_pictures": CodesAsPictures,
    "velocity": Velocity,
    "z_as_picture": lambda: nn.Unflatten(1, (1, 1, ToyVAE.D)),
    "sgd": lambda model, lr: torch.optim.SGD(model.parameters(), lr=lr),
    "adam": lambda model, lr: torch.optim.Adam(model.parameters(), lr=lr),
    "batches": lambda arrays: (array for array in arrays),
}
