"""With gradients."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    training = decoder.training
    decoder.eval()
    images = decoder(torch.randn(n, latent_dim, generator=generator))
    decoder.train(training)
    return images
