"""The mode is not put back."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    decoder.eval()
    with torch.no_grad():
        return decoder(torch.randn(n, latent_dim, generator=generator))
