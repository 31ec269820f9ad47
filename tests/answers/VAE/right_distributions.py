"""torch.distributions, when nobody gives a generator."""

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
        if generator is None:
            z = torch.distributions.Normal(mu, torch.exp(0.5 * logvar)).rsample()
        else:
            z = reparameterize(mu, logvar, generator=generator)
        return self.decode(z), mu, logvar
