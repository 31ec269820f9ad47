"""encode returns the draw too."""

from torch import nn
from vae_course.sampling import reparameterize


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def encode(self, x, generator=None):
        mu, logvar = self.encoder(x)
        return reparameterize(mu, logvar, generator), mu, logvar

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, generator=None):
        z, mu, logvar = self.encode(x, generator)
        return self.decode(z), mu, logvar
