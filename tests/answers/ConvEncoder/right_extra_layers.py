"""A stride-1 convolution before each strided one."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim, dropout=0.0):
        super().__init__()
        layers, c = [], in_channels
        for h in hidden_channels:
            layers += [nn.Conv2d(c, c, 3, 1, 1), nn.ELU(), nn.Conv2d(c, h, 5, 2, 2), nn.ELU(), nn.Dropout(dropout)]
            c = h
        self.net = nn.Sequential(*layers)
        self.heads = nn.ModuleDict({"mu": nn.LazyLinear(latent_dim), "logvar": nn.LazyLinear(latent_dim)})
        self(torch.zeros(2, in_channels, image_size, image_size))

    def forward(self, x):
        h = self.net(x).flatten(1)
        return self.heads["mu"](h), self.heads["logvar"](h)
