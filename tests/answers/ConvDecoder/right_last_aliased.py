"""The last layer has a name of its own, too."""

from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.sides = [image_size]
        for _ in hidden_channels:
            self.sides.append((self.sides[-1] + 1) // 2)
        self.sides.reverse()
        widths = [*hidden_channels[::-1], out_channels]
        self.fc = nn.Linear(latent_dim, widths[0] * self.sides[0] ** 2)
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1 - after % 2)
            for a, b, after in zip(widths, widths[1:], self.sides[1:])
        )
        self.last = self.ups[-1]

    def forward(self, z):
        x = self.fc(z).unflatten(1, (-1, self.sides[0], self.sides[0]))
        for up in self.ups[:-1]:
            x = up(x).relu()
        return self.last(x.relu()).sigmoid()
