"""A running mean."""

import torch
from vae_course.loss import vae_loss

NAMES = ("loss", "reconstruction", "kl")


def evaluate(model, batches, beta=1.0):
    flags = [m.training for m in model.modules()]
    model.train(False)
    seen, mean = 0, dict.fromkeys(NAMES, 0.0)
    for x in batches:
        with torch.no_grad():
            terms = vae_loss(x, *model(x), beta=beta)
        seen += x.shape[0]
        for name, term in zip(NAMES, terms):
            mean[name] += (float(term) - mean[name]) * x.shape[0] / seen
    for m, flag in zip(model.modules(), flags):
        m.training = flag
    return mean
