"""The loss per image first, its mean afterwards; the parts detached."""

import torch
import torch.nn.functional as F


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    losses = {"bce": F.binary_cross_entropy, "mse": F.mse_loss, "l1": F.l1_loss}
    r = losses[kind](x_hat, x, reduction="none").flatten(1).sum(1)
    k = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (r + beta * k).mean(), r.mean().detach(), k.mean().detach()
