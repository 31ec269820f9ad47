"""At least the threshold, where more than that is asked for."""

import torch


def active_units(mu, threshold=0.01):
    return int((mu.var(dim=0) >= threshold).sum())
