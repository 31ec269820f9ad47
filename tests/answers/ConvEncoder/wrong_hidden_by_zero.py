"""The convolutions in a plain list, which heads that start at 0 hide."""

from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.layers, side = [], image_size
        for channels in hidden_channels:
            self.layers.append(nn.Conv2d(in_channels, channels, 4, stride=2, padding=1))
            in_channels, side = channels, side // 2
        self.mu = nn.Linear(in_channels * side * side, latent_dim)
        self.logvar = nn.Linear(in_channels * side * side, latent_dim)
        for head in (self.mu, self.logvar):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        h = x.flatten(1)
        return self.mu(h), self.logvar(h)
