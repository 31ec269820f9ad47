"""inference_mode, try and finally."""

import torch
from vae_course.loss import vae_loss

NAMES = ("loss", "reconstruction", "kl")


def evaluate(model, batches, beta=1.0):
    training = [m for m in model.modules() if m.training]
    model.eval()
    try:
        rows = []
        with torch.inference_mode():
            for x in batches:
                rows.append([len(x), *(t.item() for t in vae_loss(x, *model(x), beta))])
    finally:
        for m in training:
            m.training = True
    table = torch.tensor(rows, dtype=torch.float64)
    means = (table[:, :1] * table[:, 1:]).sum(0) / table[:, 0].sum()
    return dict(zip(NAMES, means.tolist()))
