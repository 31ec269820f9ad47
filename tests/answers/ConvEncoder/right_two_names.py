"""Each convolution and its normalisation under two names: in a ModuleList and in the Sequential that runs them."""

from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.convs, self.norms, layers, side = nn.ModuleList(), nn.ModuleList(), [], image_size
        for channels in hidden_channels:
            conv, norm = nn.Conv2d(in_channels, channels, 3, stride=2, padding=1), nn.BatchNorm2d(channels)
            self.convs.append(conv)
            self.norms.append(norm)
            layers += [conv, norm, nn.ReLU()]
            in_channels, side = channels, (side + 1) // 2
        self.net = nn.Sequential(*layers, nn.Flatten())
        self.mu = nn.Linear(in_channels * side * side, latent_dim)
        self.logvar = nn.Linear(in_channels * side * side, latent_dim)

    def forward(self, x):
        h = self.net(x)
        return self.mu(h), self.logvar(h)
