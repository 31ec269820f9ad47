"""Returns the loss alone."""

from vae_course.loss import kl_divergence, reconstruction_loss


def vae_loss(x, x_hat, mu, logvar, beta=1.0, kind="bce"):
    return reconstruction_loss(x, x_hat, kind).mean() + beta * kl_divergence(mu, logvar).mean()
