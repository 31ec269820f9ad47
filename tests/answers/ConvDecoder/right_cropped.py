"""Makes too much and crops."""

import torch
from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.image_size = image_size
        side = -(-image_size // 2 ** len(hidden_channels))
        c = hidden_channels[-1]
        self.fc = nn.Sequential(nn.Linear(latent_dim, c * side * side), nn.LeakyReLU(0.2), nn.Unflatten(1, (c, side, side)))
        layers = []
        for h in [*hidden_channels[-2::-1], None]:
            if h is None:
                layers += [nn.ConvTranspose2d(c, out_channels, 2, 2)]
            else:
                layers += [nn.ConvTranspose2d(c, h, 2, 2), nn.BatchNorm2d(h), nn.LeakyReLU(0.2)]
                c = h
        self.net = nn.Sequential(*layers)

    def forward(self, z):
        x = self.net(self.fc(z))[:, :, : self.image_size, : self.image_size]
        return torch.sigmoid(x)
