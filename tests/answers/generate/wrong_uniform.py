"""Uniform z."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    training = decoder.training
    decoder.eval()
    with torch.no_grad():
        images = decoder(torch.rand(n, latent_dim, generator=generator))
    decoder.train(training)
    return images
