"""Both at once, frame by frame."""

import torch


def interpolate_images(model, x0, x1, steps):
    flags = [(m, m.training) for m in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            mu, _ = model.encode(torch.stack((x0, x1)))
            return torch.cat([model.decode(torch.lerp(mu[:1], mu[1:], k / (steps - 1))) for k in range(steps)])
    finally:
        for m, flag in flags:
            m.training = flag
