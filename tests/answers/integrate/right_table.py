"""A function for each method."""

import torch


def euler(velocity, x, t, h):
    return x + h * velocity(x, t)


def heun(velocity, x, t, h):
    v = velocity(x, t)
    return x + h * 0.5 * (v + velocity(x + h * v, t + h))


METHODS = {"euler": euler, "heun": heun}


def integrate(velocity, x0, steps, method="heun"):
    try:
        step = METHODS[method]
    except KeyError:
        raise ValueError(f"method must be one of {list(METHODS)}") from None
    found = x0.clone()[None]
    for k in range(steps):
        t = torch.ones(len(x0)) * k / steps
        found = torch.cat([found, step(velocity, found[-1], t, 1 / steps)[None]])
    return found
