"""Weight normalisation (Salimans and Kingma 2016) of each transposed convolution."""

from torch import nn
from torch.nn.utils.parametrizations import weight_norm


class ConvDecoder(nn.Module):
    def __init__(self, out_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        sides = [image_size]
        for _ in hidden_channels:
            sides.append((sides[-1] + 1) // 2)
        sides.reverse()
        widths = [*hidden_channels[::-1], out_channels]
        layers = [nn.Linear(latent_dim, widths[0] * sides[0] ** 2), nn.Unflatten(1, (widths[0], sides[0], sides[0]))]
        for a, b, after in zip(widths, widths[1:], sides[1:]):
            layers += [nn.ELU(), weight_norm(nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1 - after % 2), dim=1)]
        self.net = nn.Sequential(*layers, nn.Sigmoid())

    def forward(self, z):
        return self.net(z)
