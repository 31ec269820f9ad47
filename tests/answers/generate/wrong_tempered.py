"""z is drawn with a deviation of 0.9: nicer pictures, but not the prior's."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    modes = {part: part.training for part in decoder.modules()}
    decoder.eval()
    with torch.no_grad():
        images = decoder(0.9 * torch.randn(n, latent_dim, generator=generator))
    for part, mode in modes.items():
        part.training = mode
    return images
