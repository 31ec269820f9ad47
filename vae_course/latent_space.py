"""Lesson 06: walking the latent space: drawing from it, mixing, traversing, mapping."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .sampling import sample_prior
from .training import inference


def generate(decoder: nn.Module, n: int, latent_dim: int, generator: torch.Generator | None = None) -> Tensor:
    """n new images: the decoder on draws from the prior. Returns (n, C, H, W)."""
    with inference(decoder):
        return decoder(sample_prior(n, latent_dim, generator))


def lerp(z0: Tensor, z1: Tensor, t: float | Tensor) -> Tensor:
    """The straight line from z0 to z1, both (D,): t a number gives (D,), t (T,) gives (T, D)."""
    t = _column(t, z0)
    return (1 - t) * z0 + t * z1


def slerp(z0: Tensor, z1: Tensor, t: float | Tensor) -> Tensor:
    """The great arc from z0 to z1 (Shoemake 1985), shapes as in lerp; lerp where no single arc exists."""
    u0, u1 = z0 / z0.norm(), z1 / z1.norm()
    omega = 2 * torch.atan2((u0 - u1).norm(), (u0 + u1).norm())  # arccos loses half of the digits near 1 and -1
    if not torch.sin(omega) > 1e-4:  # (anti)parallel, or a vector of length 0
        return lerp(z0, z1, t)
    t = _column(t, z0)
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(omega)


def _column(t: float | Tensor, z: Tensor) -> Tensor:
    return torch.as_tensor(t, dtype=z.dtype, device=z.device).unsqueeze(-1)  # () -> (1,), (T,) -> (T, 1)


def interpolate_images(model: Any, x0: Tensor, x1: Tensor, steps: int) -> Tensor:
    """The film from x0 to x1, both (C, H, W): decoded points between their posterior means, (steps, C, H, W).

    model: a module with `encode` and `decode`, as a VAE is.
    """
    with inference(model):
        mu, _ = model.encode(torch.stack([x0, x1]))
        return model.decode(lerp(mu[0], mu[1], torch.linspace(0, 1, steps)))


def traverse(z: Tensor, dim: int, values: Iterable[float]) -> Tensor:
    """Copies of z (D,) in which only coordinate dim takes the given values. Returns (len(values), D)."""
    values = torch.as_tensor(values, dtype=z.dtype, device=z.device)
    copies = z.repeat(len(values), 1)
    copies[:, dim] = values
    return copies


def latent_grid(steps: int, limit: float = 2.0) -> Tensor:
    """The square lattice from -limit to limit, read like a page: x grows along a row, y falls from row to row.

    Returns (steps * steps, 2).
    """
    line = torch.linspace(-limit, limit, steps)
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)


def project(z: Tensor, method: str = "pca", seed: int = 0) -> Tensor:
    """A map of codes (N, D) in the plane, (N, 2), by "pca" or "tsne" (van der Maaten and Hinton 2008)."""
    if z.shape[1] < 2:
        z = torch.nn.functional.pad(z, (0, 1))  # a second coordinate of zeros
    if method == "pca":
        centred = z - z.mean(dim=0)
        _, _, axes = torch.linalg.svd(centred, full_matrices=False)
        points = centred @ axes[:2].T
        return torch.nn.functional.pad(points, (0, 2 - points.shape[1]))  # a single code has one axis
    if method == "tsne":
        from sklearn.manifold import TSNE

        perplexity = min(30.0, (len(z) - 1) / 3)
        points = TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(z.numpy().astype(np.float32))
        return torch.from_numpy(points)
    raise ValueError(f"method {method!r} is not one of pca, tsne")
