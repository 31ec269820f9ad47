"""Right, though the student's own lerp runs the other way: that is charged at lerp."""

import torch


def lerp(z0, z1, t):
    t = torch.as_tensor(t).unsqueeze(-1)
    return t * z0 + (1 - t) * z1


def interpolate_images(model, x0, x1, steps):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        mu, _ = model.encode(torch.stack([x0, x1]))
        film = model.decode(lerp(mu[0], mu[1], torch.linspace(0, 1, steps)))
    for module, mode in modes.items():
        module.training = mode
    return film
