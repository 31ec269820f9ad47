"""Layers that find out by themselves how many channels come in."""

from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.sides = [image_size]
        for _ in hidden_channels:
            self.sides.insert(0, (self.sides[0] + 1) // 2)
        outs = [*hidden_channels[-2::-1], out_channels]
        self.first = nn.LazyLinear(hidden_channels[-1] * self.sides[0] ** 2)
        self.ups = nn.ModuleList(
            nn.LazyConvTranspose2d(width, 3, 2, 1, output_padding=1 - side % 2)
            for width, side in zip(outs, self.sides[1:])
        )

    def forward(self, z):
        x = self.first(z).unflatten(1, (-1, self.sides[0], self.sides[0]))
        for up in self.ups:
            x = up(x.relu())
        return x.sigmoid()
