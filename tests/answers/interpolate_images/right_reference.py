"""lerp of the course."""

import torch
from vae_course.latent_space import lerp


def interpolate_images(model, x0, x1, steps):
    training = [m for m in model.modules() if m.training]
    model.train(False)
    with torch.no_grad():
        (mu0, _), (mu1, _) = model.encode(x0.unsqueeze(0)), model.encode(x1.unsqueeze(0))
        film = model.decode(lerp(mu0.squeeze(0), mu1.squeeze(0), torch.linspace(0.0, 1.0, steps)))
    for m in training:
        m.training = True
    return film
