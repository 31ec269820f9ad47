"""No activations."""

import torch
from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.size, self.first = image_size, hidden_channels[-1]
        self.fc = nn.Linear(latent_dim, self.first * 16)
        widths = [*hidden_channels[::-1], out_channels]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:]))

    def forward(self, z):
        x = self.fc(z).reshape(len(z), self.first, 4, 4)
        for conv in self.convs:
            x = conv(nn.functional.interpolate(x, scale_factor=2.0))
        return torch.sigmoid(nn.functional.interpolate(x, size=(self.size, self.size)))
