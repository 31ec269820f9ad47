"""The heads in a plain dict: no optimizer sees them."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, side = [], image_size
        for channels in hidden_channels:
            layers += [nn.Conv2d(in_channels, channels, 4, stride=2, padding=1), nn.ReLU()]
            in_channels, side = channels, (side + 2 - 4) // 2 + 1
        self.features = nn.Sequential(*layers, nn.Flatten())
        size = in_channels * side * side
        self.heads = {"mu": nn.Linear(size, latent_dim), "logvar": nn.Linear(size, latent_dim)}

    def forward(self, x):
        h = self.features(x)
        return self.heads["mu"](h), self.heads["logvar"](h)
