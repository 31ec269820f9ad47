"""No nn.Module."""

import torch
from torch import nn
from vae_course.sampling import reparameterize


class VAE:
    def __init__(self, encoder, decoder):
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, x):
        return self.encoder(x)

    def __call__(self, x, generator=None):
        return self.forward(x, generator)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, generator=None):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar, generator)
        return self.decode(z), mu, logvar
