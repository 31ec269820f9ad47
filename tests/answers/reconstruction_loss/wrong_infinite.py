"""log of 0 is infinite."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce"):
    if kind == "bce":
        return -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).flatten(1).sum(dim=1)
    if kind == "mse":
        return (x - x_hat).square().flatten(1).sum(dim=1)
    if kind == "l1":
        return (x - x_hat).abs().flatten(1).sum(dim=1)
    raise ValueError(kind)
