"""Layers that find out by themselves how many numbers come in."""

from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers = []
        for channels in hidden_channels:
            layers += [nn.LazyConv2d(channels, 3, stride=2, padding=1), nn.ReLU()]
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.mu = nn.LazyLinear(latent_dim)
        self.logvar = nn.LazyLinear(latent_dim)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
