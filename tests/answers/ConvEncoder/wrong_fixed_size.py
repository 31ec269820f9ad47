"""Only for 32 x 32."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers = []
        for channels in hidden_channels:
            layers += [nn.Conv2d(in_channels, channels, 4, 2, 1), nn.ReLU()]
            in_channels = channels
        self.features = nn.Sequential(*layers, nn.Flatten())
        size = in_channels * (32 // 2 ** len(hidden_channels)) ** 2
        self.mu, self.logvar = nn.Linear(size, latent_dim), nn.Linear(size, latent_dim)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
