"""A static method of that name, as many tutorials write it."""

import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    @staticmethod
    def reparameterize(mu, logvar, generator=None):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn(std.size(), generator=generator).to(std)
        return torch.addcmul(mu, std, eps)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, generator=None):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar, generator)
        x_hat = self.decode(z)
        return x_hat, mu, logvar
