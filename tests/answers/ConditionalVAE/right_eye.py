"""Rows of the identity."""

import torch
from torch import nn
from vae_course.sampling import VAE, reparameterize


class ConditionalVAE(VAE):
    def __init__(self, encoder, decoder, classes):
        super().__init__(encoder, decoder)
        self.register_buffer("rows", torch.eye(classes))

    def encode(self, x, labels):
        return self.encoder(torch.hstack([x.reshape(len(x), -1), self.rows[labels]]))

    def decode(self, z, labels):
        return self.decoder(torch.cat((z, self.rows[labels]), -1))

    def forward(self, x, labels, generator=None):
        mu, logvar = self.encode(x, labels)
        z = reparameterize(mu, logvar, generator)
        return self.decode(z, labels), mu, logvar
