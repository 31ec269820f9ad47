"""A layer of one's own, a Conv2d that is always strided."""

from torch import nn


class Halving(nn.Conv2d):
    def __init__(self, in_channels, out_channels):
        super().__init__(in_channels, out_channels, 3, stride=2, padding=1)

    def forward(self, x):
        return super().forward(x).relu()


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        widths, side = [in_channels, *hidden_channels], image_size
        for _ in hidden_channels:
            side = (side + 1) // 2
        self.features = nn.Sequential(*(Halving(a, b) for a, b in zip(widths, widths[1:])))
        self.heads = nn.ModuleList(nn.Linear(widths[-1] * side * side, latent_dim) for _ in range(2))

    def forward(self, x):
        h = self.features(x).flatten(1)
        return tuple(head(h) for head in self.heads)
