"""Heads as convolutions over the whole feature map."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, side, c = [], image_size, in_channels
        for h in hidden_channels:
            layers += [nn.Conv2d(c, h, 4, 2, 1), nn.GELU()]
            c, side = h, side // 2
        self.net = nn.Sequential(*layers)
        self.mu = nn.Conv2d(c, latent_dim, side)
        self.logvar = nn.Conv2d(c, latent_dim, side)

    def forward(self, x):
        h = self.net(x)
        return self.mu(h).flatten(1), self.logvar(h).flatten(1)
