"""Only the last batch."""

import torch
from vae_course.loss import vae_loss

NAMES = ("loss", "reconstruction", "kl")


def evaluate(model, batches, beta=1.0):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    with torch.no_grad():
        for x in batches:
            terms = vae_loss(x, *model(x), beta)
    for m, mode in modes.items():
        m.training = mode
    return dict(zip(NAMES, (t.item() for t in terms)))
