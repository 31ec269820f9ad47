"""Varies over the dimensions."""

import torch


def active_units(mu, threshold=0.01):
    return int((mu.var(dim=1) > threshold).sum())
