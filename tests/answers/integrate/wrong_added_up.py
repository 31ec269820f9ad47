"""t is added up in single precision."""

import torch


def integrate(velocity, x0, steps, method="heun"):
    if method not in ("euler", "heun"):
        raise ValueError(method)
    h, x, places = 1 / steps, x0, [x0]
    t = torch.zeros(len(x0))
    for k in range(steps):
        v = velocity(x, t)
        if method == "heun":
            v = (v + velocity(x + h * v, t + h)) / 2
        x = x + h * v
        t = t + h
        places.append(x)
    return torch.stack(places)
