"""F.binary_cross_entropy and friends, summed per picture."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce"):
    if kind == "bce":
        each = F.binary_cross_entropy(x_hat, x, reduction="none")
    elif kind == "mse":
        each = F.mse_loss(x_hat, x, reduction="none")
    elif kind == "l1":
        each = F.l1_loss(x_hat, x, reduction="none")
    else:
        raise ValueError(kind)
    return each.flatten(1).sum(dim=1)
