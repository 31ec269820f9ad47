"""One flag for the whole decoder."""

import torch


def generate(decoder, n, latent_dim, generator=None):
    training = decoder.training
    try:
        decoder.eval()
        with torch.inference_mode():
            return decoder(torch.randn((n, latent_dim), generator=generator)).clone()
    finally:
        decoder.train(training)
