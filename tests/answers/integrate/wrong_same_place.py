"""The second velocity where the step began."""

import torch


def integrate(velocity, x0, steps, method="heun"):
    if method not in ("euler", "heun"):
        raise ValueError(method)
    h, x, places = 1 / steps, x0, [x0]
    for k in range(steps):
        t = torch.full((len(x0),), k / steps)
        v = velocity(x, t)
        if method == "heun":
            v = (v + velocity(x, torch.full((len(x0),), (k + 1) / steps))) / 2
        x = x + h * v
        places.append(x)
    return torch.stack(places)
