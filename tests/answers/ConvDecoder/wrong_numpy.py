"""A NumPy array."""

import torch
from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        sides = [image_size]
        for _ in hidden_channels:
            sides.append((sides[-1] + 1) // 2)
        widths = [*hidden_channels[::-1], out_channels]
        self.start = (widths[0], sides[-1], sides[-1])
        self.fc = nn.Linear(latent_dim, widths[0] * sides[-1] ** 2)
        self.sides = sides[-2::-1]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, 1, 1) for a, b in zip(widths, widths[1:]))

    def forward(self, z):
        x = self.fc(z).view(-1, *self.start)
        for conv, side in zip(self.convs, self.sides):
            x = conv(nn.functional.interpolate(nn.functional.gelu(x), size=side))
        return torch.sigmoid(x).detach().numpy()
