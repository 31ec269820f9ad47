"""Both heads start at 0: before training each posterior is the prior."""

from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, side = [], image_size
        for channels in hidden_channels:
            layers += [nn.Conv2d(in_channels, channels, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
            in_channels, side = channels, side // 2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.mu = nn.Linear(in_channels * side * side, latent_dim)
        self.logvar = nn.Linear(in_channels * side * side, latent_dim)
        for head in (self.mu, self.logvar):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
