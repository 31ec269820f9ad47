"""Transposed convolutions, output_padding for odd sizes."""

import torch
from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        sides = [image_size]
        for _ in hidden_channels:
            sides.append((sides[-1] + 2 - 4) // 2 + 1)
        widths = [*hidden_channels[::-1], out_channels]
        self.start = (widths[0], sides[-1], sides[-1])
        self.fc = nn.Linear(latent_dim, widths[0] * sides[-1] ** 2)
        layers = []
        for a, b, side in zip(widths, widths[1:], sides[-2::-1]):
            layers += [nn.ReLU(), nn.ConvTranspose2d(a, b, 4, 2, 1, output_padding=side % 2)]
        self.net = nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, z):
        return self.net(self.fc(z).view(-1, *self.start))
