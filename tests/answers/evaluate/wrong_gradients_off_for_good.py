"""Gradients are turned off and never on again."""

import torch
from vae_course.loss import vae_loss

NAMES = ("loss", "reconstruction", "kl")


def evaluate(model, batches, beta=1.0):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    torch.set_grad_enabled(False)
    sums, count = [0.0, 0.0, 0.0], 0
    for x in batches:
        for i, term in enumerate(vae_loss(x, *model(x), beta)):
            sums[i] += term.item() * len(x)
        count += len(x)
    for module, training in modes.items():
        module.training = training
    return {name: total / count for name, total in zip(NAMES, sums)}
