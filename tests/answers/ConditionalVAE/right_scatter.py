"""zeros and scatter, written out in forward."""

import torch
from torch import nn


class ConditionalVAE(nn.Module):
    def __init__(self, encoder, decoder, classes):
        super().__init__()
        self.parts = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
        self.classes = classes

    def told(self, what, labels):
        size = (len(what), self.classes, *what.shape[2:])
        label = torch.zeros(size, dtype=what.dtype, device=what.device)
        label[torch.arange(len(what)), labels] = 1
        return torch.cat([what, label], dim=1)

    def encode(self, x, labels):
        mu, logvar = self.parts["encoder"](self.told(x, labels))
        return mu, logvar

    def decode(self, z, labels):
        return self.parts["decoder"](self.told(z, labels))

    def forward(self, x, labels, generator=None):
        mu, logvar = self.encode(x, labels)
        eps = torch.randn(mu.shape, generator=generator)
        return self.decode(mu + torch.exp(0.5 * logvar) * eps, labels), mu, logvar
