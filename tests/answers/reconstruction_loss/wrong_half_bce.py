"""The part of the dark pixels is missing."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce"):
    p = x_hat.clamp(1e-7, 1)
    if kind == "bce":
        return -(x * p.log()).flatten(1).sum(dim=1)
    if kind == "mse":
        return (x - x_hat).square().flatten(1).sum(dim=1)
    if kind == "l1":
        return (x - x_hat).abs().flatten(1).sum(dim=1)
    raise ValueError(kind)
