"""Returns the mean."""

import torch


def reparameterize(mu, logvar, generator=None):
    return mu
