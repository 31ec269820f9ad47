"""Gradients are cleared through the model, before and after."""

import torch
from vae_course.loss import vae_loss


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    model.zero_grad()
    terms = vae_loss(x, *model(x), beta)
    terms[0].backward()
    optimizer.step()
    model.zero_grad(set_to_none=True)
    return {name: term.detach().item() for name, term in zip(["loss", "reconstruction", "kl"], terms)}
