"""exp(logvar) - 1 by expm1, with an extra optional argument."""

import torch


def kl_divergence(mu, logvar, reduction="sum"):
    each = (mu.square() + torch.expm1(logvar) - logvar) / 2
    return each.sum(-1) if reduction == "sum" else each
