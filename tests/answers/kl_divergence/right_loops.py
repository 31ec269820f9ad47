"""Loops over images and dimensions, stacked."""

import torch


def kl_divergence(mu, logvar):
    rows = []
    for m, v in zip(mu, logvar):
        total = 0.0
        for d in range(len(m)):
            total = total + 0.5 * (m[d] ** 2 + v[d].exp() - 1 - v[d])
        rows.append(total)
    return torch.stack(rows)
