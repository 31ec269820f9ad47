"""The parts in a list."""

import torch
import torch.nn.functional as F
from torch import nn
from vae_course.sampling import reparameterize


class ConditionalVAE(nn.Module):
    def __init__(self, encoder, decoder, classes):
        super().__init__()
        self.parts, self.classes = [encoder, decoder], classes

    def one_hot(self, labels):
        return F.one_hot(labels, self.classes).float()

    def encode(self, x, labels):
        return self.parts[0](torch.cat([x.flatten(1), self.one_hot(labels)], dim=1))

    def decode(self, z, labels):
        return self.parts[1](torch.cat([z, self.one_hot(labels)], dim=1))

    def forward(self, x, labels, generator=None):
        mu, logvar = self.encode(x, labels)
        return self.decode(reparameterize(mu, logvar, generator), labels), mu, logvar
