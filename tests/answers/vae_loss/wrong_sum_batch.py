"""Adds up the batch."""

from vae_course.loss import kl_divergence, reconstruction_loss


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    reconstruction = reconstruction_loss(x, x_hat, kind).sum()
    kl = kl_divergence(mu, logvar).sum()
    return reconstruction + beta * kl, reconstruction, kl
