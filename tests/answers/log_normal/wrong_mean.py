"""Averaged over the dimensions."""

import math

import torch


def log_normal(z, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp()).mean(dim=-1)
