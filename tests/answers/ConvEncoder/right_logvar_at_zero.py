"""The logvar head starts at 0: before training every width is 1."""

from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, side = [], image_size
        for channels in hidden_channels:
            layers += [nn.Conv2d(in_channels, channels, 3, stride=2, padding=1), nn.SiLU()]
            in_channels, side = channels, (side - 1) // 2 + 1
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.mu, self.logvar = (nn.Linear(in_channels * side * side, latent_dim) for _ in range(2))
        nn.init.zeros_(self.logvar.weight)
        nn.init.zeros_(self.logvar.bias)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
