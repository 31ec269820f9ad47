"""A ModuleList; encode and decode are one line; the noise from torch.normal(0, 1)."""

import torch
import torch.nn as nn


class VAE(nn.Module):
    def __init__(self, encoder, decoder):
        super(VAE, self).__init__()
        self.net = nn.ModuleList([encoder, decoder])

    encode = lambda self, x: self.net[0](x)
    decode = lambda self, z: self.net[1](z)

    def forward(self, x, generator=None):
        code = self.encode(x)
        eps = torch.normal(0.0, 1.0, code[0].shape, generator=generator)
        return (self.decode(code[0] + code[1].mul(0.5).exp() * eps), *code)
