"""The KL that is returned is already priced."""

from vae_course.loss import kl_divergence, reconstruction_loss


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = beta * kl_divergence(mu, logvar).mean()
    return reconstruction + kl, reconstruction, kl
