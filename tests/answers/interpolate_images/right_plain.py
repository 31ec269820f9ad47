"""Means, a line, decoded."""

import torch


def interpolate_images(model, x0, x1, steps):
    modes = {m: m.training for m in model.modules()}
    model.eval()
    with torch.no_grad():
        mu0, mu1 = model.encode(x0[None])[0], model.encode(x1[None])[0]
        t = torch.linspace(0, 1, steps)[:, None]
        images = model.decode((1 - t) * mu0 + t * mu1)
    for m, mode in modes.items():
        m.training = mode
    return images
