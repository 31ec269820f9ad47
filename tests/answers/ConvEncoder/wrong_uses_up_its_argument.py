"""hidden_channels.insert(0, ...) leaves the caller's list longer."""

from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        if isinstance(hidden_channels, tuple):
            hidden_channels = [*hidden_channels]
        hidden_channels.insert(0, in_channels)
        layers, side = [], image_size
        for a, b in zip(hidden_channels, hidden_channels[1:]):
            layers += [nn.Conv2d(a, b, 4, stride=2, padding=1), nn.ReLU()]
            side //= 2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.mu = nn.Linear(hidden_channels[-1] * side * side, latent_dim)
        self.logvar = nn.Linear(hidden_channels[-1] * side * side, latent_dim)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
