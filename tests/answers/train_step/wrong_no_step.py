"""Never steps."""

import torch
from vae_course.loss import vae_loss


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    loss, reconstruction, kl = vae_loss(x, *model(x), beta)
    optimizer.zero_grad()
    loss.backward()
    return {"loss": loss.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}
