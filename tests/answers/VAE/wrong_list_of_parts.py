"""The parts in a plain list: the optimizer sees none of their weights."""

from torch import nn
from vae_course.sampling import reparameterize


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.parts = [encoder, decoder]

    def encode(self, x):
        return self.parts[0](x)

    def decode(self, z):
        return self.parts[1](z)

    def forward(self, x, generator=None):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, generator)), mu, logvar
