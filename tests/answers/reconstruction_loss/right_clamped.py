"""Written out, with x_hat clamped."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce"):
    if kind == "mse":
        return ((x - x_hat) ** 2).sum(dim=(1, 2, 3))
    if kind == "l1":
        return torch.abs(x - x_hat).sum(dim=(1, 2, 3))
    if kind != "bce":
        raise ValueError(f"unknown kind {kind}")
    p = torch.clamp(x_hat, 1e-7, 1 - 1e-7)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=(1, 2, 3))
