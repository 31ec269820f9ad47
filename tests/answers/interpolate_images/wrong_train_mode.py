"""Works in train mode."""

import torch


def interpolate_images(model, x0, x1, steps):
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x0, x1]))
        t = torch.linspace(0, 1, steps)[:, None]
        return model.decode((1 - t) * mu[0] + t * mu[1])
