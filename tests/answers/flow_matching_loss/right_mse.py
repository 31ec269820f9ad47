"""mse_loss, its mean over dimensions undone; t first."""

import torch
import torch.nn.functional as F


def flow_matching_loss(velocity, x1, generator=None):
    t = torch.empty(len(x1), dtype=x1.dtype).uniform_(generator=generator)
    x0 = torch.empty_like(x1).normal_(generator=generator)
    x_t = torch.lerp(x0, x1, t.unsqueeze(1))
    return F.mse_loss(velocity(x_t, t), x1 - x0, reduction="sum") / len(x1)
