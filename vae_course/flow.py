"""Lesson 10: noise learns its way to where the codes live: flow matching (Lipman et al. 2023; Liu et al. 2023)."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from .faces import fit_latent_gaussian, gaussian_factor
from .images import minibatches
from .networks import redraw_
from .sampling import reparameterize, sample_prior
from .training import inference

Velocity = Callable[[Tensor, Tensor], Tensor]  # of places x (N, D) at times t (N,): dx/dt, (N, D)


def path(x0: Tensor, x1: Tensor, t: float | Tensor) -> Tensor:
    """Where the straight way from x0 to x1 is at time t: (1 - t) x0 + t x1, row by row (Liu et al. 2023, eq. 1).

    x0, x1: (N, D); t: one number in [0, 1], or (N,), one a row. Returns (N, D).
    """
    t = torch.as_tensor(t, dtype=x0.dtype, device=x0.device).unsqueeze(-1)  # () -> (1,), (N,) -> (N, 1)
    return (1 - t) * x0 + t * x1


def flow_matching_loss(velocity: Velocity, x1: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """How far velocity is from x1 - x0, the straight way's own, at a random place of it (Lipman et al. 2023, eq. 23).

    x1: (N, D), a batch of codes; each gets an x0 ~ N(0, I) and a t ~ U(0, 1) of its own. Returns a scalar: the squared
    distance summed over dimensions, the mean over codes. Its minimum is not 0: many ways cross at one place, and the
    best answer is the mean of their velocities.
    """
    x0 = torch.randn(x1.shape, generator=generator, dtype=x1.dtype, device=x1.device)
    t = torch.rand(len(x1), generator=generator, dtype=x1.dtype, device=x1.device)
    return (velocity(path(x0, x1, t), t) - (x1 - x0)).square().sum(dim=1).mean()


def integrate(velocity: Velocity, x0: Tensor, steps: int, method: str = "heun") -> Tensor:
    """The way from x0 (N, D) along dx/dt = velocity(x, t), at t = 0, 1/steps, ..., 1. Returns (steps + 1, N, D).

    "euler" asks velocity once a step and errs with the step, "heun", the explicit trapezoid, asks twice and errs with
    its square (Karras et al. 2022, section 3). Raises ValueError for another method, and for steps below 1.
    """
    if method not in ("euler", "heun"):
        raise ValueError(f"method {method!r} is not one of euler, heun")
    if steps < 1:
        raise ValueError(f"steps must be at least 1, not {steps}")
    times = [x0.new_full((len(x0),), k / steps) for k in range(steps + 1)]
    way = [x0]
    for now, then in pairwise(times):
        slope = velocity(way[-1], now)
        if method == "heun":
            slope = (slope + velocity(way[-1] + slope / steps, then)) / 2
        way.append(way[-1] + slope / steps)
    return torch.stack(way)


class VelocityField(nn.Module):
    """dx/dt of places x (N, D) at times t (N,), (N, D): a residual MLP that is told t as sines and cosines."""

    frequencies: Tensor

    def __init__(self, latent_dim: int, width: int = 256, depth: int = 3):
        super().__init__()
        self.latent_dim = latent_dim
        frequencies = math.pi * 2.0 ** torch.arange(5)  # from half a turn while t goes from 0 to 1, to 8 turns
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.first = nn.Linear(latent_dim + 2 * len(frequencies), width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
            for _ in range(depth)
        )
        self.last = nn.Linear(width, latent_dim)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        angles = t.unsqueeze(1) * self.frequencies  # (N,) -> (N, 5)
        features = self.first(torch.cat([x, angles.sin(), angles.cos()], dim=1))  # (N, D + 10) -> (N, width)
        for block in self.blocks:
            features = features + block(features)
        return self.last(features)


def whiten(z: Tensor, mean: Tensor, covariance: Tensor) -> Tensor:
    """Codes z (N, D) in coordinates in which N(mean, covariance) is N(0, I): covariance^(-1/2) (z - mean).

    mean: (D,); covariance: (D, D). What lies in directions without variance becomes 0. Returns (N, D).
    """
    return ((z - mean).double() @ _power(covariance, -0.5)).to(z.dtype)


def unwhiten(x: Tensor, mean: Tensor, covariance: Tensor) -> Tensor:
    """Back from `whiten`: noise x ~ N(0, I), (N, D), becomes draws from N(mean, covariance)."""
    return (mean + x.double() @ _power(covariance, 0.5)).to(x.dtype)


def _power(covariance: Tensor, exponent: float) -> Tensor:
    """The symmetric power, (D, D) float64, in which no eigenvector's sign matters; none of variances of 0."""
    factor = gaussian_factor(covariance)
    variances = factor.square().sum(dim=0)  # (D, D) -> (D,)
    kept = variances > len(variances) * torch.finfo(covariance.dtype).eps * variances.max()
    return (factor[:, kept] * variances[kept] ** (exponent - 1)) @ factor[:, kept].T


@dataclass(frozen=True)
class Flow:
    """A learnt prior: velocity carries N(0, I) to codes whitened by their Gaussian, mean (D,) and covariance (D, D)."""

    velocity: nn.Module
    mean: Tensor
    covariance: Tensor

    def draw(self, n: int, generator: torch.Generator | None = None, steps: int = 20, method: str = "heun") -> Tensor:
        """n codes, (n, D): noise that was carried along the velocity."""
        return self.carry(sample_prior(n, len(self.mean), generator), steps, method)

    def carry(self, x0: Tensor, steps: int = 20, method: str = "heun") -> Tensor:
        """The codes (n, D) that noise x0 (n, D) becomes."""
        x0 = x0.to(self.mean)
        with inference(self.velocity):
            return unwhiten(integrate(self.velocity, x0, steps, method)[-1], self.mean, self.covariance)


def train_flow(
    mu: Tensor,
    logvar: Tensor,
    steps: int = 5000,
    batch_size: int = 256,
    learning_rate: float = 1e-3,
    width: int = 256,
    depth: int = 3,
    generator: torch.Generator | None = None,
) -> Flow:
    """A flow from N(0, I) to the aggregate posterior of mu and logvar, (N, D) over a whole set.

    Chance, the first weights' too, enters through `generator`, or torch's global one.
    """
    mean, covariance = fit_latent_gaussian(mu, logvar)

    def batches() -> Iterator[Tensor]:
        while True:  # once over all codes, drawn from their posteriors afresh each time
            x1 = whiten(reparameterize(mu, logvar, generator), mean, covariance)
            yield from minibatches(x1, batch_size, generator)

    velocity = VelocityField(mu.shape[1], width, depth).to(mu)
    if generator is not None:
        redraw_(velocity, generator)
    optimizer = torch.optim.Adam(velocity.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _, x1 in zip(range(steps), batches(), strict=False):
        optimizer.zero_grad()
        flow_matching_loss(velocity, x1, generator).backward()
        optimizer.step()
        schedule.step()
    return Flow(velocity.eval(), mean, covariance)
