"""A ModuleDict, a method for the draw, a list returned."""

import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        nn.Module.__init__(self)
        self.parts = nn.ModuleDict({"q": encoder, "p": decoder})

    def encode(self, x):
        mu, logvar = self.parts["q"](x)
        return mu, logvar

    def draw(self, mu, logvar, generator):
        if generator is None:
            return mu + torch.exp(logvar * 0.5) * torch.randn_like(mu)
        return mu + torch.exp(logvar * 0.5) * torch.empty_like(mu).normal_(generator=generator)

    def decode(self, z):
        return self.parts["p"](z)

    def forward(self, x, generator=None):
        mu, logvar = self.encode(x)
        return [self.decode(self.draw(mu, logvar, generator)), mu, logvar]
