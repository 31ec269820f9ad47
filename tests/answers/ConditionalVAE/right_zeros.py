"""Zeros with a one in their place."""

import torch
from torch import nn


class ConditionalVAE(nn.Module):
    def __init__(self, encoder, decoder, classes):
        super().__init__()
        self.parts = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
        self.classes = classes

    def told(self, what, labels):
        label = torch.zeros(len(what), self.classes, dtype=what.dtype, device=what.device)
        label[torch.arange(len(what)), labels] = 1
        return torch.cat([what, label], dim=1)

    def encode(self, x, labels):
        mu, logvar = self.parts["encoder"](self.told(x.flatten(start_dim=1), labels))
        return mu, logvar

    def decode(self, z, labels):
        return self.parts["decoder"](self.told(z, labels))

    def forward(self, x, labels, generator=None):
        mu, logvar = self.encode(x, labels)
        eps = torch.randn(mu.shape, generator=generator)
        return self.decode(mu + torch.exp(0.5 * logvar) * eps, labels), mu, logvar
