"""The last layer starts at 0, so that all pictures are grey before training."""

from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.sides = [image_size]
        for _ in hidden_channels:
            self.sides.insert(0, (self.sides[0] + 1) // 2)
        widths = [*hidden_channels[::-1], hidden_channels[0]]
        self.fc = nn.Linear(latent_dim, widths[0] * self.sides[0] ** 2)
        self.ups = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:]))
        self.last = nn.Conv2d(widths[-1], out_channels, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, z):
        x = self.fc(z).unflatten(1, (-1, self.sides[0], self.sides[0]))
        for up, side in zip(self.ups, self.sides[1:]):
            x = up(nn.functional.interpolate(x, size=(side, side))).relu()
        return self.last(x).sigmoid()
