"""encode gets a picture (C, H, W) without its batch dimension; a network of convolutions takes its channels for pictures."""

import torch


def interpolate_images(model, x0, x1, steps):
    modes = {name: module.training for name, module in model.named_modules()}
    model.eval()
    with torch.no_grad():
        mu0, _ = model.encode(x0)
        mu1, _ = model.encode(x1)
        t = torch.linspace(0, 1, steps)[:, None]
        frames = model.decode((1 - t) * mu0.reshape(1, -1) + t * mu1.reshape(1, -1))
    for name, module in model.named_modules():
        module.training = modes[name]
    return frames
