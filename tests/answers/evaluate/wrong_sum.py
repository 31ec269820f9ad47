"""Adds up and never divides."""

import torch
from vae_course.loss import vae_loss

NAMES = ("loss", "reconstruction", "kl")


def evaluate(model, batches, beta=1.0):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    with torch.no_grad():
        rows = [torch.stack(vae_loss(x, *model(x), beta)) for x in batches]
    for m, mode in modes.items():
        m.training = mode
    return dict(zip(NAMES, torch.stack(rows).sum(0).tolist()))
