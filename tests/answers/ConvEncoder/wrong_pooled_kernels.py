"""Convolutions of one's own with stride 1, and pooling in place of strides."""

import torch
from torch import nn
from torch.nn import functional as F


class ConvEncoder(nn.Module):
    def __init__(self, in_channels, image_size, hidden_channels, latent_dim):
        super().__init__()
        self.kernels, side = nn.ParameterList(), image_size
        for channels in hidden_channels:
            self.kernels.append(torch.randn(channels, in_channels, 3, 3) / (3 * in_channels**0.5))
            in_channels, side = channels, side // 2
        self.mu = nn.Linear(in_channels * side * side, latent_dim)
        self.logvar = nn.Linear(in_channels * side * side, latent_dim)

    def forward(self, x):
        for kernel in self.kernels:
            x = F.max_pool2d(F.conv2d(x, kernel, padding=1).relu(), 2)
        h = x.flatten(1)
        return self.mu(h), self.logvar(h)
