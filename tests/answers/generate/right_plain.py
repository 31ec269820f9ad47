"""eval, no_grad, mode put back."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    modes = {m: m.training for m in decoder.modules()}
    decoder.eval()
    with torch.no_grad():
        images = decoder(torch.randn(n, latent_dim, generator=generator))
    for m, mode in modes.items():
        m.training = mode
    return images
