"""Uniform noise."""

import torch
from torch import nn
from vae_course.sampling import reparameterize


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, x):
        return self.encoder(x)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, generator=None):
        mu, logvar = self.encode(x)
        eps = torch.rand(mu.shape, generator=generator)
        return self.decode(mu + (logvar / 2).exp() * eps), mu, logvar
