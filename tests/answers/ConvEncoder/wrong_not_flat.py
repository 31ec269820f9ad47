"""Convolutions as heads, whose result keeps two dimensions of size 1: (N, latent_dim, 1, 1)."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, side = [], image_size
        for channels in hidden_channels:
            layers += [nn.Conv2d(in_channels, channels, 3, 2, 1), nn.ReLU()]
            in_channels, side = channels, (side + 1) // 2
        self.features = nn.Sequential(*layers)
        self.mu = nn.Conv2d(in_channels, latent_dim, side)
        self.logvar = nn.Conv2d(in_channels, latent_dim, side)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
