"""Neither encode nor decode."""

from torch import nn
from vae_course.sampling import reparameterize


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x, generator=None):
        mu, logvar = self.encoder(x)
        return self.decoder(reparameterize(mu, logvar, generator)), mu, logvar
