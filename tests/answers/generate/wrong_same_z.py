"""One z for all pictures."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(torch.randn(1, latent_dim, generator=generator).repeat(n, 1))
    decoder.train(training)
    return images
