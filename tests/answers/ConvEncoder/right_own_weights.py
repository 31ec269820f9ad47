"""The convolutions written with torch.nn.functional and parameters of one's own."""

import torch
from torch import nn


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.kernels, self.offsets, side = nn.ParameterList(), nn.ParameterList(), image_size
        for channels in hidden_channels:
            self.kernels.append(nn.init.kaiming_normal_(torch.empty(channels, in_channels, 3, 3)))
            self.offsets.append(torch.zeros(channels))
            in_channels, side = channels, (side + 1) // 2
        self.mu = nn.Linear(in_channels * side * side, latent_dim)
        self.logvar = nn.Linear(in_channels * side * side, latent_dim)

    def forward(self, x):
        for kernel, offset in zip(self.kernels, self.offsets):
            x = nn.functional.conv2d(x, kernel, offset, stride=2, padding=1).relu()
        h = x.flatten(1)
        return self.mu(h), self.logvar(h)
