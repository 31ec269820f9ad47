"""The same draws each time."""

import torch


def flow_matching_loss(velocity, x1, generator=None):
    generator = generator or torch.Generator().manual_seed(0)
    x0 = torch.randn(x1.shape, generator=generator)
    t = torch.rand(len(x1), generator=generator)
    x_t = (1 - t[:, None]) * x0 + t[:, None] * x1
    return (velocity(x_t, t) - (x1 - x0)).square().sum(dim=1).mean()
