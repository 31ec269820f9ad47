"""ConvTranspose2d told the size that it should give."""

import torch
from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.sizes = [image_size]
        for _ in hidden_channels:
            self.sizes.insert(0, (self.sizes[0] - 1) // 2 + 1)
        self.channels = list(hidden_channels)[::-1]
        self.fc = nn.Linear(latent_dim, self.channels[0] * self.sizes[0] ** 2)
        outs = [*self.channels[1:], out_channels]
        self.ups = nn.ModuleList(nn.ConvTranspose2d(a, b, 3, 2, 1) for a, b in zip(self.channels, outs))

    def forward(self, z):
        x = self.fc(z).unflatten(1, (self.channels[0], self.sizes[0], self.sizes[0]))
        for up, size in zip(self.ups, self.sizes[1:]):
            x = up(nn.functional.elu(x), output_size=(size, size))
        return x.sigmoid()
