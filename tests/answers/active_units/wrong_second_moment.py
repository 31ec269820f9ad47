"""Not centred."""

import torch


def active_units(mu, threshold=0.01):
    return int(((mu**2).mean(dim=0) > threshold).sum())
