"""Right, though the student's own KL lacks its half: that is charged at kl_divergence."""

import torch.nn.functional as F


def kl_divergence(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)


def reconstruction_loss(x, x_hat, kind="bce"):
    losses = {"bce": F.binary_cross_entropy, "mse": F.mse_loss, "l1": F.l1_loss}
    return losses[kind](x_hat, x, reduction="none").flatten(1).mean(dim=1)


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = kl_divergence(mu, logvar).mean()
    return reconstruction + beta * kl, reconstruction, kl
