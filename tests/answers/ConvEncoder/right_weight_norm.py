"""Weight normalisation (Salimans and Kingma 2016) of each convolution."""

from torch import nn
from torch.nn.utils.parametrizations import weight_norm


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        layers, side = [], image_size
        for channels in hidden_channels:
            layers += [weight_norm(nn.Conv2d(in_channels, channels, 4, stride=2, padding=1)), nn.ELU()]
            in_channels, side = channels, side // 2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.mu = nn.Linear(in_channels * side * side, latent_dim)
        self.logvar = nn.Linear(in_channels * side * side, latent_dim)

    def forward(self, x):
        h = self.features(x)
        return self.mu(h), self.logvar(h)
