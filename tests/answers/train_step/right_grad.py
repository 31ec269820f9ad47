"""torch.autograd.grad and .grad by hand."""

import torch
from vae_course.loss import vae_loss


def train_step(model, x, optimizer, beta=1.0):
    model.train(True)
    x_hat, mu, logvar = model(x)
    loss, reconstruction, kl = vae_loss(x, x_hat, mu, logvar, beta=beta, kind="bce")
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for p, g in zip(parameters, torch.autograd.grad(loss, parameters, allow_unused=True)):
        p.grad = g
    optimizer.step()
    return dict(loss=float(loss), reconstruction=float(reconstruction), kl=float(kl))
