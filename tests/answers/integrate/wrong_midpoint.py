"""The midpoint rule."""

import torch


def integrate(velocity, x0, steps, method="heun"):
    if method not in ("euler", "heun"):
        raise ValueError(method)
    h, x, places = 1 / steps, x0, [x0]
    for k in range(steps):
        t = torch.full((len(x0),), k / steps)
        v = velocity(x, t)
        if method == "heun":
            v = velocity(x + h / 2 * v, torch.full((len(x0),), (k + 0.5) / steps))
        x = x + h * v
        places.append(x)
    return torch.stack(places)
