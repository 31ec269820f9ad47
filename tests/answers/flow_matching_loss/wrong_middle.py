"""Always at t = 1/2."""

import torch


def flow_matching_loss(velocity, x1, generator=None):
    x0 = torch.randn(x1.shape, generator=generator)
    t = torch.full((len(x1),), 0.5)
    x_t = (1 - t[:, None]) * x0 + t[:, None] * x1
    return (velocity(x_t, t) - (x1 - x0)).square().sum(dim=1).mean()
