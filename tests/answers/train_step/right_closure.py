"""optimizer.step(closure)."""

import torch
from vae_course.loss import vae_loss


def train_step(model, x, optimizer, beta=1.0):
    model.train()
    values = {}

    def closure():
        optimizer.zero_grad(set_to_none=False)
        terms = vae_loss(x, *model(x), beta=beta)
        terms[0].backward()
        values.update(zip(("loss", "reconstruction", "kl"), (float(t) for t in terms)))
        return terms[0]

    optimizer.step(closure)
    return values
