"""A tiny number inside the logarithms."""

import torch
import torch.nn.functional as F


def reconstruction_loss(x, x_hat, kind="bce"):
    match kind:
        case "bce":
            e = -(x * (x_hat + 1e-8).log() + (1 - x) * (1 - x_hat + 1e-8).log())
        case "mse":
            e = (x_hat - x).pow(2)
        case "l1":
            e = (x_hat - x).abs()
        case _:
            raise ValueError(kind)
    return e.view(len(x), -1).sum(1) if e.is_contiguous() else e.contiguous().view(len(x), -1).sum(1)
