"""Written out."""

import torch


def active_units(mu, threshold=0.01):
    centred = mu - mu.mean(dim=0, keepdim=True)
    variance = centred.pow(2).sum(dim=0) / (len(mu) - 1)
    return (variance > threshold).sum().item()
