"""Lesson 04: what telling a picture costs, in nats: reconstruction + beta * KL."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def kl_divergence(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)) per image, in nats (Kingma and Welling 2014, appendix B).

    mu, logvar: (N, D). Returns (N,).
    """
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)


def bce(x: Tensor, x_hat: Tensor) -> Tensor:
    """Binary cross-entropy per image, summed over pixels: -log p(x|z) of Bernoulli pixels, in nats. Returns (N,)."""
    x_hat = x_hat.clamp(1e-7, 1 - 1e-7)  # no log of 0; NaN stays NaN, where torch's own raises
    return -(x * x_hat.log() + (1 - x) * torch.log1p(-x_hat)).flatten(1).sum(dim=1)


def mse(x: Tensor, x_hat: Tensor) -> Tensor:
    """Sum of squared differences per image, (N,)."""
    return F.mse_loss(x_hat, x, reduction="none").flatten(1).sum(dim=1)


def l1(x: Tensor, x_hat: Tensor) -> Tensor:
    """Sum of absolute differences per image, (N,)."""
    return (x - x_hat).abs().flatten(1).sum(dim=1)


def l1_mean(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean absolute difference per pixel, (N,): the Fashion-MNIST project's, with alpha = 1e-3 before the KL."""
    return (x - x_hat).abs().flatten(1).mean(dim=1)


def gaussian(x: Tensor, x_hat: Tensor) -> Tensor:
    """-log p(x|z) of Gaussian pixels whose one variance fits the batch best: sigma-VAE (Rybkin et al. 2021, eq. 5).

    The variance is the batch's mean squared error, so the model weighs detail against KL by itself. Returns nats, (N,).
    """
    pixels = x[0].numel()
    squared = mse(x, x_hat)
    variance = squared.mean() / pixels + 1e-8
    return 0.5 * (squared / variance + pixels * torch.log(2 * math.pi * variance))


RECONSTRUCTION = {"bce": bce, "mse": mse, "l1": l1, "l1_mean": l1_mean, "gaussian": gaussian}


def reconstruction_loss(x: Tensor, x_hat: Tensor, kind: str = "bce") -> Tensor:
    """How far x_hat is from x, per image, (N,): one of the kinds in RECONSTRUCTION. x, x_hat: (N, C, H, W)."""
    if kind not in RECONSTRUCTION:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(RECONSTRUCTION)}")
    return RECONSTRUCTION[kind](x, x_hat)


def vae_loss(
    x: Tensor, x_hat: Tensor, mu: Tensor, logvar: Tensor, beta: float = 1.0, kind: str = "bce"
) -> tuple[Tensor, Tensor, Tensor]:
    """The negative ELBO, the KL priced by beta (Higgins et al. 2017): batch means (loss, reconstruction, kl)."""
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = kl_divergence(mu, logvar).mean()
    return reconstruction + beta * kl, reconstruction, kl


def log_normal(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """log N(z; mu, diag exp(logvar)), summed over the last dimension, in nats. Shapes broadcast, (N, D) -> (N,)."""
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp()).sum(dim=-1)
