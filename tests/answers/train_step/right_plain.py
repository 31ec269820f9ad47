"""zero_grad, backward, step."""

import torch
from vae_course.loss import vae_loss


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    x_hat, mu, logvar = model(x)
    loss, reconstruction, kl = vae_loss(x, x_hat, mu, logvar, beta)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"loss": loss.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}
