"""Everything in one function."""

import torch
import torch.nn.functional as F


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    n = x.shape[0]
    losses = {"bce": F.binary_cross_entropy, "mse": F.mse_loss, "l1": F.l1_loss}
    reconstruction = losses[kind](x_hat, x, reduction="sum") / n
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / n
    return reconstruction + beta * kl, reconstruction, kl
