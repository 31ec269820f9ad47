"""Image by image."""

import torch
from vae_course.loss import vae_loss

NAMES = ("loss", "reconstruction", "kl")


def evaluate(model, batches, beta=1.0):
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    values = []
    with torch.no_grad():
        for batch in batches:
            for image in batch.split(1):
                values.append(torch.stack(vae_loss(image, *model(image), beta)))
    for m, mode in modes:
        m.training = mode
    return dict(zip(NAMES, torch.stack(values).double().mean(0).tolist()))
