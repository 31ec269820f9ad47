"""Fills a tensor, without gradients."""

import torch


@torch.no_grad()
def integrate(velocity, x0, steps, method="heun"):
    places = torch.empty(steps + 1, *x0.shape, dtype=x0.dtype)
    places[0] = x0
    times = torch.linspace(0, 1, steps + 1)
    for k, (t, after) in enumerate(zip(times[:-1], times[1:])):
        x, now = places[k], t.expand(len(x0))
        first = velocity(x, now)
        if method == "euler":
            places[k + 1] = x + first / steps
        elif method == "heun":
            second = velocity(x + first / steps, after.expand(len(x0)))
            places[k + 1] = x + (first + second) / (2 * steps)
        else:
            raise ValueError(f"no such method: {method}")
    return places
