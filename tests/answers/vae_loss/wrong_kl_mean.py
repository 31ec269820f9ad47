"""The KL is averaged over dimensions too."""

from vae_course.loss import reconstruction_loss


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    reconstruction = reconstruction_loss(x, x_hat, kind).mean()
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean()
    return reconstruction + beta * kl, reconstruction, kl
