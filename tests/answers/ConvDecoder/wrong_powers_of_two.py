"""Right only for powers of 2."""

import torch
from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.first, self.side = hidden_channels[-1], image_size // 2 ** len(hidden_channels)
        self.fc = nn.Linear(latent_dim, self.first * self.side**2)
        widths = [*hidden_channels[::-1], out_channels]
        layers = []
        for a, b in zip(widths, widths[1:]):
            layers += [nn.ReLU(), nn.ConvTranspose2d(a, b, 4, 2, 1)]
        self.net = nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, z):
        return self.net(self.fc(z).view(-1, self.first, self.side, self.side))
