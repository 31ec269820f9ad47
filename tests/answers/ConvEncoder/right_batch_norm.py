"""Batch normalisation and SiLU, sizes found by a trial."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, before = [], in_channels
        for c in hidden_channels:
            layers.append(nn.Sequential(nn.Conv2d(before, c, 4, 2, 1), nn.BatchNorm2d(c), nn.SiLU()))
            before = c
        self.body = nn.Sequential(*layers)
        with torch.no_grad():
            size = self.body(torch.zeros(2, in_channels, image_size, image_size)).flatten(1).shape[1]
        self.fc_mu, self.fc_logvar = nn.Linear(size, latent_dim), nn.Linear(size, latent_dim)

    def forward(self, x):
        h = torch.flatten(self.body(x), start_dim=1)
        return self.fc_mu(h), self.fc_logvar(h)
