"""One linear layer of twice the size, cut in two."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        widths = [in_channels, *hidden_channels]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:]))
        side = image_size
        for _ in hidden_channels:
            side = (side - 1) // 2 + 1
        self.out = nn.Linear(widths[-1] * side**2, 2 * latent_dim)

    def forward(self, x):
        for conv in self.convs:
            x = nn.functional.leaky_relu(conv(x), 0.1)
        return self.out(x.flatten(1)).chunk(2, dim=1)
