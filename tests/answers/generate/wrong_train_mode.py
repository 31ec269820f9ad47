"""Dropout stays on."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    with torch.no_grad():
        return decoder(torch.randn(n, latent_dim, generator=generator))
