"""Computed in double precision."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce", eps=1e-10):
    a, b = x.double(), x_hat.double()
    if kind == "bce":
        each = -(a * torch.log(b + eps) + (1 - a) * torch.log(1 - b + eps))
    elif kind in ("mse", "l1"):
        each = torch.abs(a - b) ** (2 if kind == "mse" else 1)
    else:
        raise ValueError(kind)
    return torch.einsum("nchw->n", each).float()
