"""normal_ in place on a tensor of its own."""

import torch


def sample_prior(n, latent_dim, generator=None):
    return torch.empty(n, latent_dim).normal_(0, 1, generator=generator)
