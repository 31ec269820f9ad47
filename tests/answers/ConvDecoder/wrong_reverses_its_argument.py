"""hidden_channels.reverse() turns round the caller's list."""

from torch import nn


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        if isinstance(hidden_channels, list):
            hidden_channels.reverse()
        else:
            hidden_channels = hidden_channels[::-1]
        sides = [image_size]
        for _ in hidden_channels:
            sides.append((sides[-1] + 1) // 2)
        sides.reverse()
        widths = [*hidden_channels, out_channels]
        layers = [nn.Linear(latent_dim, widths[0] * sides[0] ** 2), nn.Unflatten(1, (widths[0], sides[0], sides[0]))]
        for a, b, after in zip(widths, widths[1:], sides[1:]):
            layers += [nn.ReLU(), nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1 - after % 2)]
        self.net = nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, z):
        return self.net(z)
