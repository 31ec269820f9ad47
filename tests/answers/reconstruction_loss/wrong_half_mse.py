"""Half the squared error."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce"):
    if kind == "bce":
        return F.binary_cross_entropy(x_hat, x, reduction="none").flatten(1).sum(dim=1)
    if kind == "mse":
        return 0.5 * (x - x_hat).square().flatten(1).sum(dim=1)
    if kind == "l1":
        return (x - x_hat).abs().flatten(1).sum(dim=1)
    raise ValueError(kind)
