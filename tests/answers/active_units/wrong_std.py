"""The deviation against the threshold."""

import torch


def active_units(mu, threshold=0.01):
    return int((mu.std(dim=0) > threshold).sum())
